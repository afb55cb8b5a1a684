package io.quant4j.core.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.Tokenizer;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.model.Vocabulary;
import io.quant4j.core.checkpoint.json.JsonCursor;
import io.quant4j.core.checkpoint.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tokenizers of Hugging Face make of texts, as recorded by swift-transformers. Decoded
 * texts are compared only where they were not tidied up afterwards ({@code
 * clean_up_tokenization_spaces}).
 */
@Tag("conformance")
class HuggingFaceVectorsTest {
  private static final int MAX_BYTES = 1 << 20;
  private static final String NO_BREAK_SPACE = "\u00A0";

  /** Llama 2's tokens of the bytes C2 and A0. */
  private static final int[] BYTES_OF_NO_BREAK_SPACE = {3 + 0xC2, 3 + 0xA0};

  private static JsonObject read(String name) {
    return JsonCursor.readObject(SharedTokenizers.path("huggingface/" + name), MAX_BYTES);
  }

  private static int[] ints(JsonObject object, String key) {
    return object.integers(key).stream().mapToInt(Integer::intValue).toArray();
  }

  private static int[] ids(JsonObject vector) {
    return ints(vector.object("encoded").orElseThrow(), "input_ids");
  }

  private static List<JsonObject> vectors(String model, int cases) {
    List<JsonObject> vectors = read("tokenizer_tests.json").objects(model);
    assertThat(vectors).hasSize(cases);
    return vectors;
  }

  private static void assertIds(List<JsonObject> vectors, Tokenizer tokenizer) {
    SoftAssertions all = new SoftAssertions();
    for (JsonObject vector : vectors) {
      String text = vector.requireText("input");
      int[] expected = ids(vector);
      all.assertThat(tokenizer.encode(text, true, true)).as("'%s'", text).isEqualTo(expected);
      all.assertThat(tokenizer.decode(expected, false)).as("'%s'", text).isEqualTo(text);
    }
    all.assertAll();
  }

  private static List<JsonObject> llama2() {
    return vectors("coreml-projects/Llama-2-7b-chat-coreml", 18);
  }

  private static void assertLlama2(List<JsonObject> vectors, Tokenizer tokenizer) {
    assertIds(vectors, tokenizer);
    SoftAssertions all = new SoftAssertions();
    for (JsonObject vector : vectors) {
      int[] ids = ids(vector);
      all.assertThat(tokenizer.decode(ids, true))
          .isEqualTo(vector.requireText("decoded_with_special"));
      all.assertThat(tokenizer.decode(ids, false))
          .isEqualTo(vector.requireText("decoded_without_special"));
    }
    all.assertAll();
    JsonObject passage = read("llama_encoded.json");
    int[] ids = ints(passage, "token_ids");
    assertThat(tokenizer.encode(passage.requireText("text"), true, true)).isEqualTo(ids);
    assertThat(tokenizer.decode(ids, true)).isEqualTo(passage.requireText("decoded_text"));
  }

  @Test
  void encode_llama2OfVocabularyFile_equalsHuggingFace() {
    assertLlama2(llama2(), SharedTokenizers.gguf("llama-spm"));
  }

  /** Phi-3 is Llama 2 with more added tokens. */
  @Test
  void encode_phi3OfTokenizerJson_equalsHuggingFace() {
    assertLlama2(llama2(), SharedTokenizers.huggingFace("phi-3"));
  }

  @Test
  void encode_llama2OfSentencePieceModel_equalsHuggingFace(@TempDir Path directory)
      throws IOException {
    Files.copy(
        SharedTokenizers.path("sentencepiece/llama-2.model"), directory.resolve("tokenizer.model"));

    assertLlama2(llama2(), SharedTokenizers.in(directory));
  }

  /**
   * In this copy of the file the no-break spaces of the vocabulary have become spaces. So the two
   * texts with no-break spaces must differ, only by them, and no longer once the vocabulary is
   * mended.
   */
  @Test
  void encode_llama2OfTokenizerJson_equalsHuggingFaceButForItsDamage() {
    Tokenizer damaged = SharedTokenizers.huggingFace("llama-2");
    List<JsonObject> differing =
        llama2().stream().filter(vector -> differs(vector, damaged)).toList();

    assertThat(damaged.spec().vocabulary().find(NO_BREAK_SPACE)).isEmpty();
    assertThat(differing)
        .extracting(vector -> vector.requireText("input"))
        .containsExactly(
            "you\u2026" + NO_BREAK_SPACE.repeat(2),
            ("you\u2026" + NO_BREAK_SPACE.repeat(2)).repeat(2));
    for (JsonObject vector : differing) {
      String text = vector.requireText("input");
      assertThat(damaged.decode(ids(vector), false)).isEqualTo(text.replace(NO_BREAK_SPACE, " "));
      assertThat(damaged.encode(text, true, true)).containsSequence(BYTES_OF_NO_BREAK_SPACE);
    }
    assertLlama2(llama2(), mended(damaged.spec()));
  }

  private static boolean differs(JsonObject vector, Tokenizer tokenizer) {
    String text = vector.requireText("input");
    int[] ids = ids(vector);
    return !Arrays.equals(tokenizer.encode(text, true, true), ids)
        || !tokenizer.decode(ids, false).equals(text)
        || !tokenizer.decode(ids, true).equals(vector.requireText("decoded_with_special"));
  }

  private static Tokenizer mended(TokenizerSpec damaged) {
    Vocabulary vocabulary = damaged.vocabulary();
    List<String> pieces =
        vocabulary.pieces().stream().map(piece -> piece.replace(" ", NO_BREAK_SPACE)).toList();
    return new SentencePieceBpe()
        .create(
            new TokenizerSpec(
                damaged.algorithm(),
                new Vocabulary(pieces, vocabulary.scores(), vocabulary.types()),
                damaged.merges(),
                damaged.preTokenizer(),
                damaged.splitPatterns(),
                damaged.special(),
                damaged.addBos(),
                damaged.addEos(),
                damaged.addSpacePrefix(),
                damaged.ignoreMerges(),
                damaged.stripLeft(),
                damaged.stripRight(),
                damaged.chatTemplate(),
                damaged.extra()));
  }

  @Test
  void encode_gpt2_equalsHuggingFace() {
    Tokenizer tokenizer = SharedTokenizers.gguf("gpt-2");
    assertIds(vectors("distilgpt2", 18), tokenizer);
    JsonObject passage = read("gpt2_encoded_tokens.json");
    int[] ids = tokenizer.encode(passage.requireText("text"), true, true);
    assertThat(ids).isEqualTo(ints(passage, "token_ids"));
    assertThat(Arrays.stream(ids).mapToObj(tokenizer.spec().vocabulary().pieces()::get).toList())
        .isEqualTo(passage.value("bpe_tokens").orElseThrow());
    assertThat(tokenizer.decode(ids, true)).isEqualTo(passage.requireText("decoded_text"));
  }

  @Test
  void encode_falcon_equalsHuggingFace() {
    assertIds(vectors("tiiuae/falcon-7b", 19), SharedTokenizers.gguf("falcon"));
  }

  @Test
  void encode_llama3_equalsHuggingFace() throws IOException {
    assertIds(vectors("pcuenq/Llama-3.2-1B-Instruct-tokenizer", 18), Tiktoken.llama3());
  }

  /** Phi-2 is GPT-2 with runs of white space as added tokens. */
  @Test
  void encode_phi2_takesRunsOfWhiteSpaceWhole() {
    Tokenizer tokenizer = SharedTokenizers.huggingFace("phi-2");
    assertThat(tokenizer.encode("a  b\t\tc", false, false))
        .containsExactly(64, 50286, 65, 50294, 66);
  }
}
