package io.quant4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.gguf.file.GgufValue;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that other tools wrote. */
@Tag("conformance")
class GgufConformanceTest {
  private static final Path DATA =
      Path.of(
          Objects.requireNonNull(System.getProperty("quant4j.shared"), "quant4j.shared"), "data");
  private static final Path STORIES = DATA.resolve("models/stories260K/stories260K.gguf");

  @TempDir Path directory;

  private static Path vocabulary(String name) {
    return DATA.resolve("tokenizers/llama.cpp/ggml-vocab-" + name + ".gguf");
  }

  @ParameterizedTest
  @CsvSource({
    "bert-bge,     bert,   gguf:bert,         30522, 0",
    "deepseek-llm, llama,  byte-level-bpe,    102400, 99757",
    "falcon,       falcon, byte-level-bpe,    65024, 64784",
    "gpt-2,        gpt2,   byte-level-bpe,    50257, 50000",
    "llama-spm,    llama,  sentencepiece-bpe, 32000, 0",
    "mpt,          mpt,    byte-level-bpe,    50432, 50009",
    "phi-3,        phi3,   sentencepiece-bpe, 32064, 0",
    "refact,       refact, byte-level-bpe,    49216, 48891"
  })
  void vocabularyOfLlamaCpp_isRead(
      String name, String architecture, String algorithm, int tokens, int merges) {
    try (Checkpoint checkpoint = new GgufReader().open(vocabulary(name))) {
      TokenizerSpec tokenizer = checkpoint.tokenizer().orElseThrow();
      assertThat(checkpoint.metadata().architecture()).isEqualTo(architecture);
      assertThat(checkpoint.metadata().vocabularySize()).isEqualTo(tokens);
      assertThat(checkpoint.tensors()).isEmpty();
      assertThat(tokenizer.algorithm()).isEqualTo(algorithm);
      assertThat(tokenizer.vocabulary().size()).isEqualTo(tokens);
      assertThat(tokenizer.merges()).hasSize(merges);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert-bge", "deepseek-llm", "falcon", "llama-spm", "phi-3"})
  void vocabularyOfLlamaCpp_keepsEverythingWhenRewritten(String name) {
    Path target = directory.resolve("rewritten.gguf");

    Rewriting.copy(vocabulary(name), target, Optional.of("F16"));

    assertSameKeys(vocabulary(name), target, GgufValue.uint32(1));
  }

  @Test
  void trainedModel_hasItsHyperParameters() {
    try (Checkpoint checkpoint = new GgufReader().open(STORIES)) {
      ModelMetadata model = checkpoint.metadata();
      assertThat(model.toBuilder().extra(Map.of()).build())
          .isEqualTo(
              ModelMetadata.builder("llama")
                  .name("llama")
                  .vocabularySize(512)
                  .contextLength(2048)
                  .embeddingLength(64)
                  .layerCount(5)
                  .feedForwardLength(172)
                  .headCount(8)
                  .kvHeadCount(4)
                  .headDim(8)
                  .ropeDimensions(8)
                  .ropeBase(10_000)
                  .rmsNormEpsilon(1e-5f)
                  .rotaryLayout(RotaryLayout.INTERLEAVED)
                  .build());
      assertThat(checkpoint.tensors()).hasSize(48).allMatch(tensor -> tensor.role().isPresent());
      StoredTensor gate =
          checkpoint.tensors().stream()
              .filter(tensor -> tensor.info().name().equals("blk.4.ffn_gate.weight"))
              .findFirst()
              .orElseThrow();
      assertThat(gate.info().shape()).isEqualTo(Shape.of(172, 64));
      assertThat(gate.info().format()).isEqualTo(FormatId.F32);
    }
  }

  @Test
  void trainedModel_keepsKeysAndTensorsWhenRewritten() {
    Path target = directory.resolve("rewritten.gguf");

    Rewriting.copy(STORIES, target, Optional.of("F32"));

    assertSameKeys(STORIES, target, GgufValue.uint32(0));
    try (Checkpoint before = new GgufReader().open(STORIES);
        Checkpoint after = new GgufReader().open(target)) {
      List<StoredTensor> tensors = before.tensors();
      assertThat(after.tensors()).isEqualTo(tensors);
      for (StoredTensor tensor : tensors) {
        assertThat(before.view(tensor).data().mismatch(after.view(tensor).data()))
            .as(tensor.info().name())
            .isEqualTo(-1);
      }
    }
  }

  /** Same keys, types, values and order; two keys that a quantizer has to state may be added. */
  private static void assertSameKeys(Path source, Path target, GgufValue fileType) {
    Map<String, GgufValue> expected = new LinkedHashMap<>(Rewriting.values(source));
    expected.put("general.file_type", fileType);
    expected.put("general.quantization_version", GgufValue.uint32(2));
    assertThat(Rewriting.values(target)).containsExactlyEntriesOf(expected);
  }
}
