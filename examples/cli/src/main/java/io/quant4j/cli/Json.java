package io.quant4j.cli;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * Writes trees of maps, collections, text, numbers and truth values as JSON, indented. Not-a-number
 * and infinity, which JSON does not have, become null.
 */
final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private Json() {}

  /** Writes one value and a line break. */
  static void print(PrintWriter out, Object value) {
    try (JsonGenerator generator = FACTORY.createGenerator(new Indented(), out)) {
      write(generator, value);
    }
    out.println();
    out.flush();
  }

  /** Starts an object whose members keep their order. */
  static Members object() {
    return new Members();
  }

  private static void write(JsonGenerator generator, Object value) {
    switch (value) {
      case Members members -> write(generator, members.values);
      case Map<?, ?> map -> {
        generator.writeStartObject();
        map.forEach((name, member) -> {
          generator.writeName(String.valueOf(name));
          write(generator, member);
        });
        generator.writeEndObject();
      }
      case Collection<?> elements -> {
        generator.writeStartArray();
        elements.forEach(element -> write(generator, element));
        generator.writeEndArray();
      }
      case Facts.Bytes bytes -> generator.writeNumber(bytes.count());
      case Boolean truth -> generator.writeBoolean(truth);
      case Integer number -> generator.writeNumber(number);
      case Long number -> generator.writeNumber(number);
      case Float number when Float.isFinite(number) -> generator.writeNumber(number);
      case Double number when Double.isFinite(number) -> generator.writeNumber(number);
      case Float _, Double _ -> generator.writeNull();
      default -> generator.writeString(value.toString());
    }
  }

  /** Members of an object in the making. */
  static final class Members {
    private final Map<String, Object> values = new LinkedHashMap<>();

    private Members() {}

    /** Adds a member. */
    Members with(String name, Object value) {
      values.put(name, value);
      return this;
    }

    /** Adds a member if there is a value. */
    Members withPresent(String name, Optional<?> value) {
      value.ifPresent(present -> values.put(name, present));
      return this;
    }

    /** The members so far, in order. */
    Map<String, Object> asMap() {
      return Collections.unmodifiableMap(values);
    }
  }

  private static final class Indented extends ObjectWriteContext.Base {
    private final PrettyPrinter printer = new DefaultPrettyPrinter();

    @Override
    public PrettyPrinter getPrettyPrinter() {
      return printer;
    }

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }
  }
}
