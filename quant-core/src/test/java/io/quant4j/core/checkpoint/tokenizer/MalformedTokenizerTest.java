package io.quant4j.core.checkpoint.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MalformedTokenizerTest {
  private static final Class<?> MALFORMED = MalformedModelException.class;
  private static final Class<?> UNSUPPORTED = UnsupportedModelException.class;
  private static final String TOKENIZER = "tokenizer.json";

  @TempDir Path directory;

  private record Case(String name, Map<String, String> files, Class<?> error, String... words) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case of(String name, String json, Class<?> error, String... words) {
    return new Case(name, Map.of(TOKENIZER, json), error, words);
  }

  private static Case model(String member, String json, Class<?> error, String... words) {
    String text = TokenizerText.byteLevel().model(member, json).json();
    return of(member + " " + json, text, error, words);
  }

  private static Case section(String section, String json, Class<?> error, String... words) {
    String text = TokenizerText.byteLevel().with(section, json).json();
    return of(section + " " + json, text, error, words);
  }

  private static Case beside(String file, String json, String... words) {
    return new Case(
        file + " " + json,
        Map.of(TOKENIZER, TokenizerText.byteLevel().json(), file, json),
        MALFORMED,
        words);
  }

  static Stream<Case> tokenizers() {
    return Stream.of(models(), sections(), sentencePieces(), smallFiles()).flatMap(s -> s);
  }

  private static Stream<Case> models() {
    return Stream.of(
        of("empty", "", MALFORMED, "no JSON"),
        of("array", "[]", MALFORMED, "expected an object"),
        of("no model", "{}", UNSUPPORTED, "unnamed model"),
        of("model null", "{\"model\":null}", UNSUPPORTED, "unnamed model"),
        model("type", "\"Unigram\"", UNSUPPORTED, "Unigram", "BPE"),
        model("type", "\"WordPiece\"", UNSUPPORTED, "WordPiece"),
        model("vocab", "[[\"a\",-1.5]]", UNSUPPORTED, "Unigram"),
        model("vocab", "{\"a\":0,\"a\":1}", MALFORMED, "Duplicate", "a"),
        model("vocab", "{\"a\":0,\"b\":0}", MALFORMED, "id 0 is given to two"),
        model("vocab", "{\"a\":-1}", MALFORMED, "/model/vocab/a", "at least 0"),
        model("vocab", "{\"a\":0.0}", MALFORMED, "whole number"),
        model("vocab", "{\"a\":2000000000}", MALFORMED, "beyond any vocabulary"),
        model("vocab", "{\"a\":\"0\"}", MALFORMED, "whole number"),
        model("merges", "[\"ab\"]", MALFORMED, "/model/merges/0", "two pieces"),
        model("merges", "[\"a b\", \" \"]", MALFORMED, "/model/merges/1"),
        model("merges", "[\"a b a\"]", MALFORMED, "'a b a'", "two pieces of the vocabulary"),
        model("merges", "[[\"a\"]]", MALFORMED, "not two pieces"),
        model("merges", "[[\"a\",\"b\",\"c\"]]", MALFORMED, "not two pieces"),
        model("merges", "[[\"a\",\"\"]]", MALFORMED, "not two pieces"),
        model("merges", "[[\"a\",1]]", MALFORMED, "expected a string"),
        model("merges", "{}", MALFORMED, "expected an array"),
        model("merges", "[\"" + "a ".repeat(600) + "b\"]", MALFORMED, "more than one space"),
        model("ignore_merges", "1", MALFORMED, "true or false"),
        model("end_of_word_suffix", "\"</w>\"", UNSUPPORTED, "end_of_word_suffix"));
  }

  private static Stream<Case> sections() {
    return Stream.of(
        section("added_tokens", "[{\"id\":-1,\"content\":\"x\"}]", MALFORMED, "id is -1"),
        section("added_tokens", "[{\"id\":2097152,\"content\":\"x\"}]", MALFORMED, "id is 2097152"),
        section("added_tokens", "[{\"id\":7}]", MALFORMED, "content is missing"),
        section("added_tokens", "[7]", MALFORMED, "expected an object"),
        section("normalizer", "{}", MALFORMED, "type is missing"),
        section("normalizer", "{\"type\":\"Lowercase\"}", UNSUPPORTED, "Lowercase"),
        section("pre_tokenizer", "{\"type\":\"BertPreTokenizer\"}", UNSUPPORTED, "BertPre"),
        section("pre_tokenizer", "{\"type\":\"ByteLevel\"}", UNSUPPORTED, "add_prefix_space"),
        section("pre_tokenizer", "null", UNSUPPORTED, "mixture"),
        section("post_processor", "{\"type\":\"BertProcessing\"}", UNSUPPORTED, "BertProcessing"),
        section(
            "post_processor",
            TokenizerText.byteLevel().template("x", null).section("post_processor"),
            MALFORMED,
            "x is missing"),
        section(
            "post_processor",
            "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"a\"}},"
                + "{\"Sequence\":{}}],\"special_tokens\":{\"a\":{\"ids\":[1,2]}}}",
            UNSUPPORTED,
            "2 tokens on one side"),
        section(
            "normalizer",
            "{\"type\":\"Sequence\",\"normalizers\":[".repeat(20) + "]}".repeat(20),
            MALFORMED,
            "depth"));
  }

  private static Stream<Case> sentencePieces() {
    String characters = TokenizerText.sentencePiece().with("normalizer", "null").json();
    String missing = TokenizerText.sentencePiece().model("merges", "[\"a a\"]").json();
    String words =
        TokenizerText.sentencePiece()
            .with("pre_tokenizer", "{\"type\":\"Digits\",\"individual_digits\":true}")
            .json();
    return Stream.of(
        of("merges of characters", characters, UNSUPPORTED, "plain characters"),
        of("merge to nothing", missing, MALFORMED, "'aa'", "not in the vocabulary"),
        of("words before SentencePiece", words, UNSUPPORTED, "split before"));
  }

  private static Stream<Case> smallFiles() {
    String config = "tokenizer_config.json";
    return Stream.of(
        beside(config, "{\"bos_token\": 1}", "bos_token is 1", "a string"),
        beside(config, "{\"bos_token\": {}}", "content is missing"),
        beside(config, "{\"add_bos_token\": \"yes\"}", "add_bos_token is \"yes\""),
        beside(config, "{\"add_bos_token\": true}", "bos_token is to be added"),
        beside(
            config, "{\"add_eos_token\": true, \"eos_token\": \"?\"}", "eos_token is to be added"),
        beside(
            config, "{\"added_tokens_decoder\": {\"x\": {\"content\": \"x\"}}}", "x is not the id"),
        beside(config, "{\"added_tokens_decoder\": {\"9999999\": {}}}", "9999999 is not the id"),
        beside(config, "{\"chat_template\": {}}", "chat_template is an object"),
        beside(config, "{\"chat_template\": [{\"template\": \"x\"}]}", "name is missing"),
        beside("added_tokens.json", "{\"x\": 1e9}", "x is 1000000000"),
        beside("special_tokens_map.json", "{\"eos_token\": []}", "eos_token is an array"));
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void read_damagedTokenizer_saysWhatIsWrong(Case tokenizer) {
    tokenizer.files().forEach(this::write);
    assertThatThrownBy(() -> TokenizerReader.read(directory, TokenizerHints.none()))
        .isInstanceOf(tokenizer.error())
        .satisfies(e -> assertThat(e.getMessage()).contains(tokenizer.words()));
  }

  private void write(String file, String text) {
    try {
      Files.writeString(directory.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
