package io.quant4j.core.session;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Figures of other implementations for the small model; where they come from is told in {@code
 * golden/tiny-novels/README.md}.
 *
 * @param prompts with the ids, logits and texts that follow them
 */
public record Golden(List<Prompt> prompts) {

  /**
   * One prompt.
   *
   * @param ids with the begin token
   * @param topIds the 20 most likely next tokens
   * @param topLogits their logits
   * @param greedyIds the 48 tokens that greedy choice gives
   * @param greedyText text of llama.cpp's greedy choice from an F32 file
   */
  public record Prompt(
      String text,
      int[] ids,
      int[] topIds,
      double[] topLogits,
      List<Integer> greedyIds,
      String greedyText) {}

  /** Reads the figures from the test resources; fails if they are missing. */
  public static Golden read() throws IOException {
    try (InputStream in =
            Objects.requireNonNull(
                Golden.class.getResourceAsStream("/golden/tiny-novels/golden.json"),
                "golden/tiny-novels/golden.json is missing");
        JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), in)) {
      parser.nextToken();
      Map<?, ?> root = (Map<?, ?>) value(parser);
      List<Prompt> prompts = new ArrayList<>();
      for (Object prompt : list(root.get("prompts"))) {
        prompts.add(prompt((Map<?, ?>) Objects.requireNonNull(prompt)));
      }
      return new Golden(prompts);
    }
  }

  private static Prompt prompt(Map<?, ?> fields) {
    List<List<?>> top = list(fields.get("top20")).stream().<List<?>>map(Golden::list).toList();
    return new Prompt(
        (String) Objects.requireNonNull(fields.get("text")),
        integers(fields.get("ids")).stream().mapToInt(i -> i).toArray(),
        top.stream().mapToInt(pair -> ((Number) pair.get(0)).intValue()).toArray(),
        top.stream().mapToDouble(pair -> ((Number) pair.get(1)).doubleValue()).toArray(),
        integers(fields.get("greedy_ids")),
        (String) Objects.requireNonNull(fields.get("llama_cpp_f32_greedy_text")));
  }

  private static List<Integer> integers(@Nullable Object value) {
    return list(value).stream().map(n -> ((Number) n).intValue()).toList();
  }

  private static List<?> list(@Nullable Object value) {
    return (List<?>) Objects.requireNonNull(value);
  }

  private static Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          map.put(name, value(parser));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
      case VALUE_NULL -> "";
      default -> throw new IllegalStateException("unexpected " + parser.currentToken());
    };
  }
}
