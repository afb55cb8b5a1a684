package io.quant4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON value as maps, lists, text, numbers and truth values.
 *
 * @param value whole numbers are {@code Long}, others {@code Double}
 */
record JsonTree(Object value) {

  static JsonTree parse(String json) {
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
      JsonTree tree = new JsonTree(value(parser, parser.nextToken()));
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("more than one value: " + json);
      }
      return tree;
    }
  }

  JsonTree member(String name) {
    return new JsonTree(
        Objects.requireNonNull(((Map<?, ?>) value).get(name), () -> name + " is not in " + value));
  }

  List<JsonTree> elements() {
    return ((List<?>) value).stream().map(element -> new JsonTree((Object) element)).toList();
  }

  double number() {
    return ((Number) value).doubleValue();
  }

  private static Object value(JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          members.put(name, value(parser, parser.nextToken()));
        }
        yield members;
      }
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
          elements.add(value(parser, t));
        }
        yield elements;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw new IllegalArgumentException("unexpected " + token);
    };
  }
}
