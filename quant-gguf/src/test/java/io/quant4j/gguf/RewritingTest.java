package io.quant4j.gguf;

import static io.quant4j.gguf.GgufBytes.array;
import static io.quant4j.gguf.GgufBytes.bool;
import static io.quant4j.gguf.GgufBytes.concat;
import static io.quant4j.gguf.GgufBytes.float32;
import static io.quant4j.gguf.GgufBytes.float64;
import static io.quant4j.gguf.GgufBytes.int64;
import static io.quant4j.gguf.GgufBytes.ints;
import static io.quant4j.gguf.GgufBytes.rawText;
import static io.quant4j.gguf.GgufBytes.signed32;
import static io.quant4j.gguf.GgufBytes.string;
import static io.quant4j.gguf.GgufBytes.text;
import static io.quant4j.gguf.GgufBytes.uint16;
import static io.quant4j.gguf.GgufBytes.uint32;
import static io.quant4j.gguf.GgufBytes.uint64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.gguf.file.GgufFile;
import io.quant4j.gguf.file.GgufValue;
import io.quant4j.gguf.mapping.TensorTypes;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A GGUF file that is written again keeps its keys, their types and their order. */
class RewritingTest extends OpeningTest {

  private Map<String, GgufValue> rewritten(GgufBytes file, Optional<String> fileType) {
    Path source = file.writeTo(directory.resolve("source.gguf"));
    Path target = directory.resolve("target.gguf");
    Rewriting.copy(source, target, fileType);
    return Rewriting.values(target);
  }

  /** Keys, types and order stay; only what is not about the model may be added at the end. */
  private void assertKept(GgufBytes file) {
    Path source = file.writeTo(directory.resolve("before.gguf"));
    Map<String, GgufValue> expected = new LinkedHashMap<>(Rewriting.values(source));
    expected.putIfAbsent("general.quantization_version", GgufValue.uint32(2));

    Map<String, GgufValue> after = rewritten(file, Optional.empty());

    assertThat(after).containsExactlyEntriesOf(expected);
  }

  @Test
  void fewKeys_areNotJoinedByDefaults() {
    assertKept(GgufBytes.llama());
    assertKept(GgufBytes.llamaWithTokenizer());
  }

  @Test
  void keysInUnusualOrder_stayInIt() {
    assertKept(
        GgufBytes.empty()
            .key("tokenizer.ggml.tokens", GgufBytes.texts("<unk>", "<s>", "</s>"))
            .key("general.quantization_version", uint32(2))
            .key("llama.context_length", uint32(16))
            .key("zzz", text("foreign"))
            .key("llama.attention.head_count", uint32(2))
            .key("tokenizer.ggml.scores", GgufBytes.floats(0, 1, 2))
            .key("llama.block_count", uint32(1))
            .key("general.architecture", text("llama"))
            .key("llama.embedding_length", uint32(8))
            .key("tokenizer.ggml.model", text("llama")));
  }

  @Test
  void typesThatAreReadAsOthers_stay() {
    assertKept(
        GgufBytes.llamaWithTokenizer().key("tokenizer.ggml.token_type", ints(2, 3, 4, 1, 1)));
  }

  @Test
  void whatTheNameImplies_isNotAdded() {
    assertKept(GgufBytes.llamaWithTokenizer().key("general.name", text("phi-3")));
  }

  @Test
  void numbersOfUnusualTypes_keepThem() {
    assertKept(
        GgufBytes.llama()
            .key("llama.block_count", uint64(2))
            .key("llama.context_length", signed32(16))
            .key("llama.feed_forward_length", ints(12, 12))
            .key("llama.attention.head_count_kv", concat(array(4, 1), GgufBytes.int32(1)))
            .key("llama.rope.freq_base", float64(5e5))
            .key("llama.vocab_size", uint16(5))
            .key("general.name", text("n")));
  }

  @Test
  void valuesOfUnknownKeys_stay() {
    assertKept(
        GgufBytes.llama()
            .key("a", concat(array(7, 3), new byte[] {1, 0, 1}))
            .key("b", concat(array(12, 1), int64(Double.doubleToRawLongBits(1e300))))
            .key("c", GgufBytes.texts("", "x", "\u4e16"))
            .key("d", array(8, 0))
            .key("e", uint64(-1))
            .key("llama.expert_weights_scale", float32(1.5f))
            .key("llama.rope.scaling.type", text("yarn"))
            .key("llama.rope.scaling.yarn_beta_fast", float32(32)));
  }

  @Test
  void bytesThatAreNotUtf8_stay() {
    byte[] cut = {'x', (byte) 0xe4, (byte) 0xb8};
    assertKept(
        GgufBytes.llamaWithTokenizer()
            .key("general.name", rawText(cut))
            .key("quantize.imatrix.file", rawText(cut))
            .key(
                "tokenizer.ggml.tokens",
                concat(
                    array(8, 5),
                    string("<unk>"),
                    string("<s>"),
                    string("</s>"),
                    int64(3),
                    cut,
                    string("b"))));
  }

  @Test
  void explicitDefaults_stay() {
    assertKept(
        GgufBytes.llamaWithTokenizer()
            .key("general.type", text("model"))
            .key("llama.rope.freq_base", float32(10000))
            .key("llama.rope.scaling.type", text("none"))
            .key("llama.expert_count", uint32(0))
            .key("llama.expert_used_count", uint32(0))
            .key("tokenizer.ggml.pre", text("default"))
            .key("tokenizer.ggml.add_bos_token", bool(true)));
  }

  @Test
  void idsWithoutMeaning_stay() {
    assertKept(
        GgufBytes.llamaWithTokenizer()
            .key("tokenizer.ggml.seperator_token_id", uint32(-1))
            .key("tokenizer.ggml.padding_token_id", uint32(-1))
            .key("tokenizer.ggml.mask_token_id", uint32(3)));
  }

  @Test
  void endTokensUnderTheirKeys_stayUnderThem() {
    assertKept(
        GgufBytes.llamaWithTokenizer()
            .key("tokenizer.ggml.eot_token_id", uint32(4))
            .key("tokenizer.ggml.eom_token_id", uint32(3)));
    assertKept(GgufBytes.llamaWithTokenizer().key("tokenizer.ggml.eom_token_id", uint32(3)));
  }

  @Test
  void samplingValues_stay() {
    assertKept(
        GgufBytes.llama()
            .key("general.sampling.temp", float32(0.6f))
            .key("general.sampling.top_k", uint32(20))
            .key("general.sampling.mirostat", signed32(0))
            .key("general.sampling.top_p", float64(0.9)));
    assertKept(GgufBytes.llama().key("general.sampling.temp", float32(0)));
  }

  @Test
  void negativeTemperature_isWrittenAsTheZeroThatItMeans() {
    Map<String, GgufValue> values =
        rewritten(GgufBytes.llama().key("general.sampling.temp", float32(-1)), Optional.empty());

    assertThat(values).containsEntry("general.sampling.temp", GgufValue.float32(0));
  }

  @Test
  void alignment_stays() {
    GgufBytes file =
        GgufBytes.llama()
            .key("general.alignment", uint32(128))
            .alignment(128)
            .tensor("a", 24, 0, 3)
            .tensor("b", 24, 128, 3)
            .data(131);
    assertKept(file);

    try (GgufFile open = GgufFile.open(directory.resolve("target.gguf"), TensorTypes::byId)) {
      assertThat(open.dataStart() % 128).isZero();
      assertThat(open.tensors().getLast().offset()).isEqualTo(128);
    }
  }

  @Test
  void absurdAlignment_isReadButNotWritten() {
    Path source =
        GgufBytes.llama()
            .key("general.alignment", uint32(1 << 31))
            .writeTo(directory.resolve("source.gguf"));
    Path target = directory.resolve("target.gguf");

    assertThatThrownBy(() -> Rewriting.copy(source, target, Optional.empty()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("padded to 2147483648 bytes");
  }

  @Test
  void fileTypeAndVersion_areReplaced() {
    Map<String, GgufValue> values =
        rewritten(
            GgufBytes.llama()
                .key("general.quantization_version", uint32(1))
                .key("general.file_type", uint32(1)),
            Optional.of("Q4_K_M"));

    assertThat(values)
        .containsEntry("general.file_type", GgufValue.uint32(15))
        .containsEntry("general.quantization_version", GgufValue.uint32(2));
  }

  @Test
  void fileTypeOfAMixWithoutName_isDropped() {
    Map<String, GgufValue> values =
        rewritten(GgufBytes.llama().key("general.file_type", uint32(1)), Optional.empty());

    assertThat(values).doesNotContainKey("general.file_type");
  }

  @Test
  void splitKeys_areDropped() {
    Map<String, GgufValue> values =
        rewritten(
            GgufBytes.llama()
                .key("split.no", uint16(0))
                .key("split.count", uint16(1))
                .key("split.tensors.count", signed32(0)),
            Optional.empty());

    assertThat(values.keySet()).noneMatch(key -> key.startsWith("split."));
  }

  @Test
  void unknownSplitOfAGgufFile_isNotRefused() {
    assertKept(
        GgufBytes.llama()
            .key("tokenizer.ggml.model", text("gpt2"))
            .key("tokenizer.ggml.pre", text("of-tomorrow"))
            .key("tokenizer.ggml.tokens", GgufBytes.texts("a", "a"))
            .key("tokenizer.ggml.token_type", ints(1, 1))
            .key("tokenizer.ggml.merges", GgufBytes.texts("a a")));
  }
}
