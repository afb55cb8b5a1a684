package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.core.checkpoint.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The tokens that a {@code TemplateProcessing} post-processor puts around a single text.
 *
 * @param first id before the text
 * @param last id after the text
 */
record TextFrame(OptionalInt first, OptionalInt last) {

  /**
   * Reads the {@code post_processor} of a {@code tokenizer.json}.
   *
   * @return empty if it says nothing about such tokens
   * @throws io.quant4j.api.error.UnsupportedModelException if it puts more than one token before or
   *     after the text
   */
  static Optional<TextFrame> of(TokenizerJson json) {
    return json.postProcessor().flatMap(step -> read(json, step));
  }

  private static Optional<TextFrame> read(TokenizerJson json, JsonObject step) {
    String type = step.requireText("type");
    return switch (type) {
      case "Sequence" ->
          step.objects("processors").stream()
              .flatMap(inner -> read(json, inner).stream())
              .reduce((before, after) -> after);
      case "ByteLevel" -> Optional.empty();
      case "TemplateProcessing" -> Optional.of(template(json, step));
      default -> throw json.unsupported("post_processor", "the post-processor " + type);
    };
  }

  private static TextFrame template(TokenizerJson json, JsonObject step) {
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    boolean seen = false;
    for (JsonObject part : step.objects("single")) {
      if (part.has("Sequence")) {
        seen = true;
      } else {
        (seen ? after : before).addAll(ids(step, part));
      }
    }
    return new TextFrame(only(json, before), only(json, after));
  }

  private static List<Integer> ids(JsonObject step, JsonObject part) {
    String name =
        part.object("SpecialToken")
            .orElseThrow(() -> part.absent("SpecialToken"))
            .requireText("id");
    JsonObject table =
        step.object("special_tokens").orElseThrow(() -> step.absent("special_tokens"));
    return table.object(name).orElseThrow(() -> table.absent(name)).integers("ids");
  }

  private static OptionalInt only(TokenizerJson json, List<Integer> ids) {
    if (ids.size() > 1) {
      throw json.unsupported("post_processor", ids.size() + " tokens on one side of a text");
    }
    return ids.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ids.getFirst());
  }
}
