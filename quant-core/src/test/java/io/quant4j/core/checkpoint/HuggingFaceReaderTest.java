package io.quant4j.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorInfo;
import io.quant4j.core.checkpoint.safetensors.SafetensorsBytes;
import io.quant4j.core.discovery.Extensions;
import io.quant4j.core.session.TinyNovels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HuggingFaceReaderTest {
  @TempDir Path directory;

  private ModelMetadata metadata(TinyCheckpoint checkpoint) {
    try (Checkpoint opened = TinyCheckpoint.reader().open(checkpoint.directory())) {
      return opened.metadata();
    }
  }

  private TokenizerSpec tokenizer(TinyCheckpoint checkpoint) {
    try (Checkpoint opened = TinyCheckpoint.reader().open(checkpoint.directory())) {
      return opened.tokenizer().orElseThrow();
    }
  }

  @Test
  void open_tinyNovels_hasMetadataTokenizerAndRolesOfAllTensors() {
    try (Checkpoint checkpoint = new HuggingFaceReader().open(TinyNovels.directory())) {
      assertThat(checkpoint.container()).isEqualTo("huggingface");
      assertThat(checkpoint.metadata())
          .isEqualTo(
              ModelMetadata.builder("llama")
                  .name("tiny-novels")
                  .vocabularySize(4096)
                  .contextLength(512)
                  .embeddingLength(256)
                  .layerCount(6)
                  .feedForwardLength(768)
                  .headCount(8)
                  .kvHeadCount(4)
                  .headDim(32)
                  .rotaryLayout(RotaryLayout.HALF_SPLIT)
                  .build());
      assertThat(checkpoint.tensors())
          .hasSize(2 + 6 * 9)
          .allSatisfy(tensor -> assertThat(tensor.role()).isPresent())
          .contains(
              new StoredTensor(
                  new TensorInfo(
                      "model.layers.5.mlp.down_proj.weight",
                      FormatId.BF16,
                      Shape.of(256, 768),
                      2 * 256 * 768),
                  Optional.of(TensorRole.weight(TensorRole.Kind.FEED_FORWARD_DOWN, 5))));
      assertThat(checkpoint.tensors())
          .allSatisfy(tensor ->
              assertThat(checkpoint.view(tensor).data().byteSize())
                  .isEqualTo(tensor.info().byteSize()));
      GenerationDefaults defaults = checkpoint.generationDefaults();
      assertThat(defaults.sample()).isTrue();
      assertThat(defaults.temperature()).isEqualTo(OptionalDouble.of(0.7));
      assertThat(defaults.topP()).isEqualTo(OptionalDouble.of(0.95));
      assertThat(defaults.topK()).isEmpty();
    }
  }

  @Test
  void open_tinyNovels_hasTheTokenizerOfItsFiles() {
    try (Checkpoint checkpoint = new HuggingFaceReader().open(TinyNovels.directory())) {
      TokenizerSpec spec = checkpoint.tokenizer().orElseThrow();
      assertThat(spec.algorithm()).isEqualTo(TokenizerSpec.BYTE_LEVEL_BPE);
      assertThat(spec.vocabulary().size()).isEqualTo(4096);
      assertThat(spec.vocabulary().scores()).isEmpty();
      assertThat(spec.vocabulary().find("<|end_of_text|>")).isEqualTo(OptionalInt.of(4081));
      assertThat(spec.vocabulary().types().subList(4080, 4096)).containsOnly(TokenType.CONTROL);
      assertThat(spec.vocabulary().types().subList(0, 4080)).containsOnly(TokenType.NORMAL);
      assertThat(spec.merges()).hasSize(3824).contains("ou nce", "Ġbeg un");
      assertThat(spec.preTokenizer()).contains("llama-bpe");
      assertThat(spec.splitPatterns()).hasSize(1);
      assertThat(spec.special().bos()).isEqualTo(OptionalInt.of(4080));
      assertThat(spec.special().eos()).isEqualTo(OptionalInt.of(4081));
      assertThat(spec.addBos()).isTrue();
      assertThat(spec.addEos()).isFalse();
      assertThat(spec.ignoreMerges()).isTrue();
    }
  }

  @Test
  void service_ofCore_isThisReader() {
    assertThat(Extensions.installed().readers())
        .extracting(CheckpointReader::name)
        .contains("huggingface");
  }

  @Test
  void recognizes_whatItOpens_andNothingElse() throws Exception {
    HuggingFaceReader reader = TinyCheckpoint.reader();
    assertThat(reader.recognizes(directory, new byte[0])).isFalse();
    new TinyCheckpoint(directory);
    assertThat(reader.recognizes(directory, new byte[0])).isTrue();
    Path weights = directory.resolve("model.safetensors");
    byte[] head = Arrays.copyOf(Files.readAllBytes(weights), 16);
    assertThat(reader.recognizes(weights, head)).isTrue();
    assertThat(reader.recognizes(directory.resolve("weights"), head)).isTrue();
    byte[] gguf = {'G', 'G', 'U', 'F', 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
    assertThat(reader.recognizes(directory.resolve("model.gguf"), gguf)).isFalse();
    assertThat(reader.recognizes(directory.resolve("short"), new byte[3])).isFalse();
  }

  @Test
  void open_safetensorsFile_takesTheRestFromItsDirectory() {
    Path weights = new TinyCheckpoint(directory).directory().resolve("model.safetensors");
    try (Checkpoint checkpoint = TinyCheckpoint.reader().open(weights)) {
      assertThat(checkpoint.path()).isEqualTo(weights);
      assertThat(checkpoint.metadata().embeddingLength()).isEqualTo(4);
      assertThat(checkpoint.tensors()).hasSize(11);
    }
  }

  @Test
  void open_oneShard_opensAllOfThem() {
    TinyCheckpoint checkpoint = new TinyCheckpoint(directory).delete("model.safetensors");
    checkpoint
        .write("a.safetensors", new SafetensorsBytes().zeros("x", "F32", 4, 1).bytes())
        .write("b.safetensors", new SafetensorsBytes().zeros("y", "F32", 4, 1).bytes())
        .write(
            "model.safetensors.index.json",
            "{\"weight_map\":{\"x\":\"a.safetensors\",\"y\":\"b.safetensors\"}}");
    for (Path path : List.of(directory, directory.resolve("b.safetensors"))) {
      try (Checkpoint opened = TinyCheckpoint.reader().open(path)) {
        assertThat(opened.tensors()).extracting(t -> t.info().name()).containsExactly("x", "y");
        assertThat(opened.tensors()).allMatch(tensor -> tensor.role().isEmpty());
      }
    }
  }

  @Test
  void open_withoutOptionalFiles_usesDefaults() {
    TinyCheckpoint checkpoint = new TinyCheckpoint(directory).delete("tokenizer.json");
    checkpoint.config("rope_theta", "").config("hidden_act", "").config("tie_word_embeddings", "");
    checkpoint.config("num_key_value_heads", "null").config("head_dim", "null");
    try (Checkpoint opened = TinyCheckpoint.reader().open(directory)) {
      assertThat(opened.tokenizer()).isEmpty();
      assertThat(opened.generationDefaults()).isEqualTo(GenerationDefaults.none());
      assertThat(opened.metadata().kvHeadCount()).isEqualTo(2);
      assertThat(opened.metadata().headDim()).isEqualTo(2);
      assertThat(opened.metadata().ropeBase()).isEqualTo(10_000f);
      assertThat(opened.metadata().name()).contains(directory.getFileName().toString());
    }
  }

  @Test
  void metadata_numbersWrittenAsFloats_areTaken() {
    TinyCheckpoint checkpoint = new TinyCheckpoint(directory).config("hidden_size", "4.0");
    checkpoint.config("num_attention_heads", "2e0").config("rope_theta", "500000");
    assertThat(metadata(checkpoint).embeddingLength()).isEqualTo(4);
    assertThat(metadata(checkpoint).ropeBase()).isEqualTo(500_000f);
  }

  @ParameterizedTest
  @CsvSource({
    "meta-llama/Llama-2-7b-hf,Llama-2-7b-hf",
    "/home/me/my-model,my-model",
    "plain,plain"
  })
  void metadata_nameOrPath_givesTheLastPartAsName(String stated, String expected) {
    TinyCheckpoint checkpoint = new TinyCheckpoint(directory);
    assertThat(metadata(checkpoint.config("_name_or_path", "\"" + stated + "\"")).name())
        .contains(expected);
  }

  @Test
  void metadata_slidingWindow_boundsTheContextWhereItIsUsed() {
    TinyCheckpoint checkpoint = new TinyCheckpoint(directory).config("sliding_window", "12");
    assertThat(metadata(checkpoint).contextLength()).isEqualTo(12);
    assertThat(metadata(checkpoint.config("use_sliding_window", "false")).contextLength())
        .isEqualTo(16);
    assertThat(metadata(checkpoint.config("sliding_window", "null")).contextLength()).isEqualTo(16);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rope_scaling | null",
        "rope_scaling | {\"type\": \"default\"}",
        "rope_parameters | {\"rope_type\": \"default\", \"rope_theta\": 10000.0}"
      })
  void metadata_plainRope_isNotScaled(String key, String json) {
    ModelMetadata metadata = metadata(new TinyCheckpoint(directory).config(key, json));
    assertThat(metadata.ropeScaling()).isEqualTo(new RopeScaling.None());
    assertThat(metadata.ropeDimensions()).isEqualTo(2);
  }

  @Test
  void metadata_ropeScaling_isReadInAllItsSpellings() {
    TinyCheckpoint checkpoint = new TinyCheckpoint(directory);
    checkpoint.config("rope_scaling", "{\"type\": \"linear\", \"factor\": 2.5}");
    assertThat(metadata(checkpoint).ropeScaling()).isEqualTo(new RopeScaling.Linear(2.5f));
    checkpoint.config(
        "rope_scaling",
        "{\"factor\": 32.0, \"high_freq_factor\": 4.0, \"low_freq_factor\": 1.0,"
            + " \"original_max_position_embeddings\": 8192, \"rope_type\": \"llama3\"}");
    assertThat(metadata(checkpoint).ropeScaling())
        .isEqualTo(new RopeScaling.Llama3(32, 1, 4, 8192));
    checkpoint.config("rope_scaling", "").config("rope_theta", "");
    checkpoint.config(
        "rope_parameters", "{\"rope_type\": \"linear\", \"factor\": 4, \"rope_theta\": 1e6}");
    assertThat(metadata(checkpoint).ropeScaling()).isEqualTo(new RopeScaling.Linear(4));
    assertThat(metadata(checkpoint).ropeBase()).isEqualTo(1e6f);
    checkpoint.config("rope_parameters", "{\"rope_type\": \"dynamic\", \"factor\": 4}");
    assertThat(metadata(checkpoint).ropeScaling()).isEqualTo(new RopeScaling.Other("dynamic"));
    assertThat(metadata(checkpoint).extra())
        .isEqualTo(Map.of("rope_scaling.rope_type", "dynamic", "rope_scaling.factor", 4L));
  }

  @Test
  void metadata_partialRotary_rotatesFewerElements() {
    TinyCheckpoint checkpoint = new TinyCheckpoint(directory).config("head_dim", "8");
    assertThat(metadata(checkpoint.config("partial_rotary_factor", "0.5")).ropeDimensions())
        .isEqualTo(4);
  }

  @Test
  void open_modelTypeThatIsNotInstalled_namesIt() {
    Path path = new TinyCheckpoint(directory).config("model_type", "\"mamba\"").directory();
    assertThatThrownBy(() -> new HuggingFaceReader().open(path))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContainingAll("mamba", "config.json", "model_type", "mixtral", "qwen3_moe");
  }

  @Test
  void tokenizer_endTokensOfTheConfigurations_endGeneration() {
    TinyCheckpoint checkpoint = new TinyCheckpoint(directory).config("eos_token_id", "3");
    assertThat(tokenizer(checkpoint).special().eos()).isEqualTo(OptionalInt.of(3));
    checkpoint.write("generation_config.json", "{\"eos_token_id\": [5, 2, 99, -1], \"top_k\": -1}");
    TokenizerSpec spec = tokenizer(checkpoint);
    assertThat(spec.special().eos()).isEqualTo(OptionalInt.of(5));
    assertThat(spec.special().endOfGeneration()).isEqualTo(Set.of(2, 3));
    checkpoint.write("tokenizer_config.json", "{\"eos_token\": {\"content\": \"abc\"}}");
    spec = tokenizer(checkpoint);
    assertThat(spec.special().eos()).isEqualTo(OptionalInt.of(4));
    assertThat(spec.special().endOfGeneration()).isEqualTo(Set.of(2, 3, 5));
  }

  @Test
  void tokenizer_smallerThanTheModel_isFilledUp() {
    TokenizerSpec spec = tokenizer(new TinyCheckpoint(directory));
    assertThat(spec.vocabulary().pieces())
        .containsExactly("a", "b", "c", "ab", "abc", "<end>", "[PAD6]", "[PAD7]");
    assertThat(spec.vocabulary().types().subList(5, 8))
        .containsExactly(TokenType.CONTROL, TokenType.UNUSED, TokenType.UNUSED);
  }

  @Test
  void view_afterClose_isRefused() {
    Checkpoint checkpoint = TinyCheckpoint.reader().open(new TinyCheckpoint(directory).directory());
    StoredTensor tensor = checkpoint.tensors().getFirst();
    checkpoint.close();
    checkpoint.close();
    assertThatThrownBy(() -> checkpoint.view(tensor)).isInstanceOf(InvalidRequestException.class);
  }
}
