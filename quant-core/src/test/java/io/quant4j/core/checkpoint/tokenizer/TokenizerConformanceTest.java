package io.quant4j.core.checkpoint.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.model.Vocabulary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokenizers of real models. */
@Tag("conformance")
final class TokenizerConformanceTest {
  @TempDir Path directory;

  private static Path data(String path) {
    String shared =
        Objects.requireNonNull(System.getProperty("quant4j.shared"), "property quant4j.shared");
    return Path.of(shared, "data").resolve(path);
  }

  private static TokenizerSpec huggingFace(String model) {
    return TokenizerReader.read(data("tokenizers/huggingface/" + model), TokenizerHints.none())
        .orElseThrow();
  }

  private TokenizerSpec sentencePiece(String file) throws IOException {
    Files.copy(data(file), directory.resolve("tokenizer.model"));
    return TokenizerReader.read(directory, TokenizerHints.none()).orElseThrow();
  }

  private static long count(TokenizerSpec spec, TokenType type) {
    return Collections.frequency(spec.vocabulary().types(), type);
  }

  /**
   * The GPT-2 folder holds the file of Phi-2, which is GPT-2's vocabulary and 38 runs of white
   * space.
   */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "phi-2"})
  void read_gpt2_isByteLevel(String model) {
    TokenizerSpec spec = huggingFace(model);
    assertThat(spec.algorithm()).isEqualTo(TokenizerSpec.BYTE_LEVEL_BPE);
    assertThat(spec.preTokenizer()).contains("gpt-2");
    assertThat(spec.vocabulary().size()).isEqualTo(50295);
    assertThat(spec.vocabulary().pieces().subList(0, 3)).containsExactly("!", "\"", "#");
    assertThat(spec.vocabulary().pieces().get(220)).isEqualTo("Ġ");
    assertThat(spec.vocabulary().pieces().get(50257)).isEqualTo(" ".repeat(31));
    assertThat(count(spec, TokenType.CONTROL)).isEqualTo(1);
    assertThat(count(spec, TokenType.USER_DEFINED)).isEqualTo(38);
    assertThat(spec.merges()).hasSize(50000).startsWith("Ġ t", "Ġ a", "h e");
    assertThat(spec.special().bos()).isEqualTo(OptionalInt.of(50256));
    assertThat(spec.special().eos()).isEqualTo(OptionalInt.of(50256));
    assertThat(spec.addBos()).isFalse();
  }

  @Test
  void read_phi3_isSentencePieceWithAddedTokens() {
    TokenizerSpec spec = huggingFace("phi-3");
    assertThat(spec.algorithm()).isEqualTo(TokenizerSpec.SENTENCEPIECE_BPE);
    assertThat(spec.vocabulary().size()).isEqualTo(32011);
    assertThat(spec.vocabulary().find("<|end|>")).isEqualTo(OptionalInt.of(32007));
    assertThat(count(spec, TokenType.BYTE)).isEqualTo(256);
    assertThat(count(spec, TokenType.UNKNOWN)).isEqualTo(1);
    assertThat(spec.special().eos()).isEqualTo(OptionalInt.of(32000));
    assertThat(spec.special().padding()).isEqualTo(OptionalInt.of(32000));
    assertThat(spec.addBos()).isTrue();
    assertThat(spec.addSpacePrefix()).isTrue();
    assertThat(spec.chatTemplate().orElseThrow()).startsWith("{{ bos_token }}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-2", "mistral-v1"})
  void read_sentencePieceModel_has32000Pieces(String model) throws IOException {
    TokenizerSpec spec = sentencePiece("tokenizers/sentencepiece/" + model + ".model");
    assertThat(spec.vocabulary().size()).isEqualTo(32000);
    assertThat(spec.vocabulary().pieces().subList(0, 4))
        .containsExactly("<unk>", "<s>", "</s>", "<0x00>");
    assertThat(count(spec, TokenType.BYTE)).isEqualTo(256);
    assertThat(count(spec, TokenType.CONTROL)).isEqualTo(2);
    assertThat(count(spec, TokenType.NORMAL)).isEqualTo(31741);
    assertThat(spec.special().bos()).isEqualTo(OptionalInt.of(1));
    assertThat(spec.special().padding()).isEmpty();
    assertThat(spec.addSpacePrefix()).isTrue();
    assertThat(spec.extra()).isEmpty();
  }

  /**
   * This copy of the file has lost its no-break spaces to plain ones: four pieces and three merges
   * are not upstream's.
   */
  @Test
  void read_llama2Json_agreesWithTheSentencePieceModel() throws IOException {
    TokenizerSpec json = huggingFace("llama-2");
    TokenizerSpec model = sentencePiece("tokenizers/sentencepiece/llama-2.model");
    assertThat(json.vocabulary().types()).isEqualTo(model.vocabulary().types());
    assertThat(json.vocabulary().pieces().stream().map(p -> p.replace(' ', '\u00a0')))
        .containsExactlyElementsOf(model.vocabulary().pieces());
    assertThat(json.special().bos()).isEqualTo(model.special().bos());
    assertThat(json.special().eos()).isEqualTo(model.special().eos());
    assertThat(json.special().unknown()).isEqualTo(model.special().unknown());
    assertThat(json.addBos()).isEqualTo(model.addBos());
    assertThat(json.addSpacePrefix()).isEqualTo(model.addSpacePrefix());
    assertThat(mergedPieces(json)).isEqualTo(mergedPieces(model));
  }

  /**
   * Ids of all pieces of several characters, best score first, but for runs of U+2581, which both
   * rank last.
   */
  private static int[] mergedPieces(TokenizerSpec spec) {
    Vocabulary vocabulary = spec.vocabulary();
    return IntStream.range(0, vocabulary.size())
        .filter(id -> vocabulary.types().get(id) == TokenType.NORMAL)
        .filter(id -> vocabulary.pieces().get(id).codePoints().count() > 1)
        .filter(id -> !vocabulary.pieces().get(id).matches("▁+"))
        .boxed()
        .sorted((a, b) -> Float.compare(vocabulary.scores()[b], vocabulary.scores()[a]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  @Test
  void read_stories260KModel_equalsTheVocabularyInItsGguf() throws IOException {
    TokenizerSpec spec = sentencePiece("models/stories260K/tok512.model");
    ByteBuffer gguf =
        ByteBuffer.wrap(Files.readAllBytes(data("models/stories260K/stories260K.gguf")))
            .order(ByteOrder.LITTLE_ENDIAN);
    int count = arrayOf(gguf, "tokenizer.ggml.tokens");
    assertThat(spec.vocabulary().pieces()).hasSize(count).hasSize(512);
    for (String piece : spec.vocabulary().pieces()) {
      byte[] text = new byte[(int) gguf.getLong()];
      gguf.get(text);
      assertThat(piece).isEqualTo(new String(text, StandardCharsets.UTF_8));
    }
    assertThat(arrayOf(gguf, "tokenizer.ggml.scores")).isEqualTo(512);
    for (float score : spec.vocabulary().scores()) {
      assertThat(score).isEqualTo(gguf.getFloat());
    }
    assertThat(arrayOf(gguf, "tokenizer.ggml.token_type")).isEqualTo(512);
    for (TokenType type : spec.vocabulary().types()) {
      assertThat(type.ordinal() + 1).isEqualTo(gguf.getInt());
    }
  }

  /**
   * Goes to the first element of an array in the metadata of a GGUF file and returns the number of
   * elements.
   */
  private static int arrayOf(ByteBuffer gguf, String key) {
    String text = new String(gguf.array(), StandardCharsets.ISO_8859_1);
    int value = text.indexOf(key) + key.length();
    assertThat(gguf.getInt(value)).as("value type array").isEqualTo(9);
    gguf.position(value + 16);
    return (int) gguf.getLong(value + 8);
  }
}
