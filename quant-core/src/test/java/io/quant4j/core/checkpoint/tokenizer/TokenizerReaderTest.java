package io.quant4j.core.checkpoint.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TokenizerReaderTest {
  private static final String LLAMA_3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  @TempDir Path directory;

  private void write(String file, String text) {
    try {
      Files.writeString(directory.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TokenizerSpec read() {
    return read(TokenizerHints.none());
  }

  private TokenizerSpec read(TokenizerHints hints) {
    return TokenizerReader.read(directory, hints).orElseThrow();
  }

  private TokenizerSpec read(TokenizerText tokenizer) {
    write("tokenizer.json", tokenizer.json());
    return read();
  }

  @Test
  void read_nothingThere_isEmpty() {
    write("tokenizer_config.json", "{}");
    assertThat(TokenizerReader.read(directory, TokenizerHints.none())).isEmpty();
  }

  @Test
  void read_mergesAsPairs_areTheSameAsMergesAsText() {
    TokenizerText text = TokenizerText.byteLevel();
    TokenizerSpec expected = read(text);
    assertThat(expected.merges()).containsExactly("Ġ a", "Ġa b");
    TokenizerSpec pairs = read(text.model("merges", "[[\"Ġ\",\"a\"],[\"Ġa\",\"b\"]]"));
    assertThat(pairs.merges()).isEqualTo(expected.merges());
  }

  @Test
  void read_mergesOfPiecesWithSpaces_writeThemAsInTheByteAlphabet() {
    TokenizerText text =
        TokenizerText.byteLevel()
            .model("vocab", "{\" \": 0, \"a \": 1, \"a\": 2, \"a  \": 3}")
            .model("merges", "[[\"a\", \" \"], [\"a \", \" \"]]");
    assertThat(read(text).merges()).containsExactly("a Ġ", "aĠ Ġ");
    assertThat(read(text.model("merges", "[\"a  \", \"a   \"]")).merges())
        .containsExactly("a Ġ", "aĠ Ġ");
  }

  @Test
  void read_splitOfByteLevel_isNamedGpt2() {
    assertThat(read(TokenizerText.byteLevel()).preTokenizer()).contains("gpt-2");
  }

  @Test
  void read_digitsBeforeByteLevel_isNamedStarcoder() {
    String digits = "{\"type\":\"Digits\",\"individual_digits\":true}";
    String bytes = TokenizerText.byteLevel().section("pre_tokenizer");
    TokenizerText text =
        TokenizerText.byteLevel()
            .with(
                "pre_tokenizer",
                "{\"type\":\"Sequence\",\"pretokenizers\":[" + digits + "," + bytes + "]}");
    assertThat(read(text).preTokenizer()).contains("starcoder");
    assertThat(read(text).splitPatterns()).hasSize(2).startsWith("\\p{N}");
  }

  @ParameterizedTest
  @CsvSource({"Isolated,false", "Removed,true"})
  void read_splitAtAPattern_keepsThePattern(String behavior, boolean invert) {
    TokenizerSpec spec = read(split(LLAMA_3, behavior, invert));
    assertThat(spec.splitPatterns()).containsExactly(LLAMA_3);
    assertThat(spec.preTokenizer()).contains("smaug-bpe");
    spec = read(split(LLAMA_3, behavior, invert).model("ignore_merges", "true"));
    assertThat(spec.preTokenizer()).contains("llama-bpe");
    TokenizerSpec other = read(split("\\d|\\D+", behavior, invert));
    assertThat(other.splitPatterns()).containsExactly("\\d|\\D+");
    assertThat(other.preTokenizer()).isEmpty();
  }

  private static TokenizerText split(String pattern, String behavior, boolean invert) {
    String escaped = pattern.replace("\\", "\\\\");
    return TokenizerText.byteLevel()
        .with(
            "pre_tokenizer",
            "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":"
                + "{\"Regex\":\"%s\"},\"behavior\":\"%s\",\"invert\":%s}"
                    .formatted(escaped, behavior, invert)
                + ",{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":false}]}");
  }

  @Test
  void read_qwenPattern_isNamedQwen2() {
    String qwen = LLAMA_3.replace("{1,3}", "");
    assertThat(read(split(qwen, "Isolated", false)).preTokenizer()).contains("qwen2");
  }

  @Test
  void read_addedTokens_areTypedAndFillHoles() {
    TokenizerText text =
        TokenizerText.byteLevel()
            .with(
                "added_tokens",
                "[{\"id\":1,\"content\":\"a\",\"special\":true},"
                    + "{\"id\":6,\"content\":\"<t>\",\"lstrip\":true,\"rstrip\":true},"
                    + "{\"id\":8,\"content\":\"<|e|>\",\"special\":true,\"rstrip\":true}]");
    TokenizerSpec spec = read(text);
    assertThat(spec.vocabulary().pieces())
        .containsExactly("Ġ", "a", "b", "Ġa", "Ġab", "[PAD5]", "<t>", "[PAD7]", "<|e|>");
    assertThat(spec.vocabulary().types())
        .containsExactly(
            TokenType.NORMAL,
            TokenType.CONTROL,
            TokenType.NORMAL,
            TokenType.NORMAL,
            TokenType.NORMAL,
            TokenType.UNUSED,
            TokenType.USER_DEFINED,
            TokenType.UNUSED,
            TokenType.CONTROL);
    assertThat(spec.stripLeft()).containsExactly(6);
    assertThat(spec.stripRight()).containsExactlyInAnyOrder(6, 8);
  }

  @Test
  void read_unknownPiece_isTypedUnlessItBoundsTexts() {
    TokenizerText text =
        TokenizerText.byteLevel()
            .model("unk_token", "\"a\"")
            .with("added_tokens", "[{\"id\":1,\"content\":\"a\",\"special\":true}]");
    assertThat(read(text).vocabulary().types().get(1)).isEqualTo(TokenType.UNKNOWN);
    assertThat(read(text).special().unknown()).isEqualTo(OptionalInt.of(1));
    write("tokenizer_config.json", "{\"eos_token\": \"a\"}");
    assertThat(read(text).vocabulary().types().get(1)).isEqualTo(TokenType.CONTROL);
  }

  @Test
  void read_addedTokenWithoutEmbedding_isLeftOut() {
    TokenizerText text =
        TokenizerText.byteLevel()
            .with("added_tokens", "[{\"id\":6,\"content\":\"<pad>\",\"special\":true}]");
    write("tokenizer.json", text.json());
    TokenizerSpec spec =
        read(new TokenizerHints(OptionalInt.of(6), OptionalInt.empty(), List.of()));
    assertThat(spec.vocabulary().pieces()).endsWith("Ġab", "[PAD5]").hasSize(6);
  }

  @Test
  void read_template_decidesOnBeginAndEnd() {
    TokenizerText text = TokenizerText.byteLevel().template("b", null);
    TokenizerSpec spec = read(text);
    assertThat(spec.addBos()).isTrue();
    assertThat(spec.special().bos()).isEqualTo(OptionalInt.of(2));
    assertThat(spec.addEos()).isFalse();
    spec = read(text.template(null, "a"));
    assertThat(spec.addBos()).isFalse();
    assertThat(spec.addEos()).isTrue();
    assertThat(spec.special().eos()).isEqualTo(OptionalInt.of(1));
  }

  @Test
  void read_endTokenThatTheTemplateOverrules_stillEndsGeneration() {
    write("tokenizer_config.json", "{\"eos_token\": \"b\"}");
    TokenizerSpec spec = read(TokenizerText.byteLevel().template(null, "a"));
    assertThat(spec.special().eos()).isEqualTo(OptionalInt.of(1));
    assertThat(spec.special().endOfGeneration()).containsExactly(2);
  }

  @Test
  void read_statedFlags_overruleTheTemplate() {
    write(
        "tokenizer_config.json",
        "{\"add_bos_token\": false, \"add_eos_token\": true, \"eos_token\": \"b\"}");
    TokenizerSpec spec = read(TokenizerText.byteLevel().template("a", null));
    assertThat(spec.addBos()).isFalse();
    assertThat(spec.addEos()).isTrue();
    assertThat(spec.special().eos()).isEqualTo(OptionalInt.of(2));
  }

  @Test
  void read_templateInsideASequence_isFound() {
    TokenizerText text = TokenizerText.byteLevel().template("b", null);
    String template = text.section("post_processor");
    TokenizerSpec spec =
        read(
            text.with(
                "post_processor",
                "{\"type\":\"Sequence\",\"processors\":[{\"type\":\"ByteLevel\"},"
                    + template
                    + "]}"));
    assertThat(spec.addBos()).isTrue();
    assertThat(spec.special().bos()).isEqualTo(OptionalInt.of(2));
  }

  @Test
  void read_classThatAddsTheBeginToken_addsItWithoutATemplate() {
    TokenizerText text = TokenizerText.byteLevel().with("post_processor", "null");
    write(
        "tokenizer_config.json", "{\"bos_token\": \"a\", \"tokenizer_class\": \"LlamaTokenizer\"}");
    assertThat(read(text).addBos()).isTrue();
    write(
        "tokenizer_config.json", "{\"bos_token\": \"a\", \"tokenizer_class\": \"Qwen2Tokenizer\"}");
    assertThat(read(text).addBos()).isFalse();
  }

  @Test
  void read_specialTokensMap_fillsWhatTheConfigLeavesOpen() {
    write("tokenizer_config.json", "{\"bos_token\": null, \"eos_token\": \"b\"}");
    write(
        "special_tokens_map.json",
        "{\"bos_token\": {\"content\": \"a\"}, \"eos_token\": \"a\", \"unk_token\": \"Ġ\"}");
    TokenizerSpec spec = read(TokenizerText.byteLevel());
    assertThat(spec.special().bos()).isEqualTo(OptionalInt.of(1));
    assertThat(spec.special().eos()).isEqualTo(OptionalInt.of(2));
    assertThat(spec.special().unknown()).isEqualTo(OptionalInt.of(0));
  }

  @Test
  void read_chatTemplate_isFoundInEveryPlace() {
    TokenizerText text = TokenizerText.byteLevel();
    assertThat(read(text).chatTemplate()).isEmpty();
    write("tokenizer_config.json", "{\"chat_template\": \"{{ one }}\"}");
    assertThat(read(text).chatTemplate()).contains("{{ one }}");
    write(
        "tokenizer_config.json",
        "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"{{ rag }}\"},"
            + " {\"name\": \"default\", \"template\": \"{{ two }}\"}]}");
    assertThat(read(text).chatTemplate()).contains("{{ two }}");
    write("chat_template.jinja", "{{ three }}");
    assertThat(read(text).chatTemplate()).contains("{{ three }}");
  }

  @Test
  void read_ignoreMerges_isKept() {
    assertThat(read(TokenizerText.byteLevel()).ignoreMerges()).isFalse();
    assertThat(read(TokenizerText.byteLevel().model("ignore_merges", "true")).ignoreMerges())
        .isTrue();
  }

  @Test
  void read_sentencePieceJson_scoresPiecesByTheirFirstMerge() {
    TokenizerSpec spec = read(TokenizerText.sentencePiece());
    assertThat(spec.algorithm()).isEqualTo(TokenizerSpec.SENTENCEPIECE_BPE);
    assertThat(spec.vocabulary().pieces())
        .containsExactly("<unk>", "<s>", "<0x0A>", "▁", "a", "b", "ab", "▁ab", "▁a");
    assertThat(spec.vocabulary().types())
        .startsWith(TokenType.UNKNOWN, TokenType.CONTROL, TokenType.BYTE, TokenType.NORMAL);
    float[] scores = spec.vocabulary().scores();
    assertThat(List.of(scores[8], scores[6], scores[7])).containsExactly(0f, -1f, -2f);
    assertThat(List.of(scores[3], scores[4], scores[5])).containsExactly(-4f, -5f, -6f);
    assertThat(spec.merges()).isEmpty();
    assertThat(spec.addSpacePrefix()).isTrue();
    assertThat(spec.special().unknown()).isEqualTo(OptionalInt.of(0));
  }

  @ParameterizedTest
  @CsvSource({"always,true", "first,true", "never,false"})
  void read_metaspace_tellsWhetherTextBeginsWithASpace(String scheme, boolean expected) {
    TokenizerText text =
        TokenizerText.sentencePiece()
            .with("normalizer", "null")
            .with(
                "pre_tokenizer",
                "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"%s\"}"
                    .formatted(scheme));
    assertThat(read(text).addSpacePrefix()).isEqualTo(expected);
  }

  @Test
  void read_gemmaSplitAtSpaces_isTakenAsSentencePiece() {
    TokenizerText text =
        TokenizerText.sentencePiece()
            .with(
                "normalizer",
                "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"▁\"}")
            .with(
                "pre_tokenizer",
                "{\"type\":\"Split\",\"pattern\":{\"String\":\" \"},"
                    + "\"behavior\":\"MergedWithPrevious\",\"invert\":false}");
    assertThat(read(text).algorithm()).isEqualTo(TokenizerSpec.SENTENCEPIECE_BPE);
    assertThat(read(text).addSpacePrefix()).isFalse();
  }

  @Test
  void read_sentencePieceModelBesideTheJson_givesTheScores() throws IOException {
    Files.write(directory.resolve("tokenizer.model"), SentencePieceBytes.model().bytes());
    TokenizerText text =
        TokenizerText.sentencePiece()
            .with("added_tokens", "[{\"id\":8,\"content\":\"▁x▁\",\"special\":false}]");
    TokenizerSpec spec = read(text);
    assertThat(spec.vocabulary().pieces())
        .containsExactly("<unk>", "<s>", "</s>", "<0x0A>", "▁a", "▁", "a", "  ", " x ");
    assertThat(spec.vocabulary().scores()[6]).isEqualTo(-2);
  }

  @Test
  void read_tiktokenRanksBesideAByteLevelJson_areNotNeeded() {
    write("tokenizer.model", "IQ== 0\nIg== 1\n");
    assertThat(read(TokenizerText.byteLevel()).algorithm()).isEqualTo(TokenizerSpec.BYTE_LEVEL_BPE);
  }
}
