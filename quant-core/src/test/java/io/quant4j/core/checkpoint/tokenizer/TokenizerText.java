package io.quant4j.core.checkpoint.tokenizer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Builds the text of a small {@code tokenizer.json} section by section, right or wrong. */
final class TokenizerText {
  private final Map<String, String> sections = new LinkedHashMap<>();
  private final Map<String, String> model = new LinkedHashMap<>();

  /** Byte-level BPE of five pieces. */
  static TokenizerText byteLevel() {
    return new TokenizerText()
        .with("pre_tokenizer", "{\"type\":\"ByteLevel\",\"add_prefix_space\":false}")
        .with("decoder", "{\"type\":\"ByteLevel\"}")
        .model("type", "\"BPE\"")
        .model("vocab", "{\"Ġ\": 0, \"a\": 1, \"b\": 2, \"Ġa\": 3, \"Ġab\": 4}")
        .model("merges", "[\"Ġ a\", \"Ġa b\"]");
  }

  /** SentencePiece BPE as converted for Llama 2, of nine pieces. */
  static TokenizerText sentencePiece() {
    return new TokenizerText()
        .with("added_tokens", "[{\"id\":1,\"content\":\"<s>\",\"special\":true}]")
        .with(
            "normalizer",
            "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Prepend\",\"prepend\":\"▁\"},"
                + "{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"▁\"}]}")
        .with("pre_tokenizer", "null")
        .model("type", "\"BPE\"")
        .model("unk_token", "\"<unk>\"")
        .model("byte_fallback", "true")
        .model(
            "vocab",
            "{\"<unk>\":0,\"<s>\":1,\"<0x0A>\":2,\"▁\":3,\"a\":4,\"b\":5,\"ab\":6,"
                + "\"▁ab\":7,\"▁a\":8}")
        .model("merges", "[\"▁ a\", \"a b\", \"▁ ab\", \"▁a b\"]");
  }

  /** Sets a section to a JSON value. */
  TokenizerText with(String section, String json) {
    sections.put(section, json);
    return this;
  }

  /** Sets a member of the model to a JSON value. */
  TokenizerText model(String member, String json) {
    model.put(member, json);
    return this;
  }

  /** Puts pieces around a text; null for none. The ids are those of {@link #byteLevel()}. */
  TokenizerText template(@Nullable String first, @Nullable String last) {
    String before = first == null ? "" : special(first) + ",";
    String after = last == null ? "" : "," + special(last);
    return with(
        "post_processor",
        "{\"type\":\"TemplateProcessing\",\"single\":[%s{\"Sequence\":{\"id\":\"A\"}}%s],"
                .formatted(before, after)
            + "\"special_tokens\":{\"a\":{\"ids\":[1]},\"b\":{\"ids\":[2]}}}");
  }

  private static String special(String name) {
    return "{\"SpecialToken\":{\"id\":\"%s\",\"type_id\":0}}".formatted(name);
  }

  String section(String name) {
    return sections.getOrDefault(name, "null");
  }

  String json() {
    return sections.entrySet().stream()
        .map(e -> "\"" + e.getKey() + "\":" + e.getValue() + ",")
        .collect(Collectors.joining("", "{", "\"model\":" + object(model) + "}"));
  }

  private static String object(Map<String, String> members) {
    return members.entrySet().stream()
        .map(e -> "\"" + e.getKey() + "\":" + e.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
