package io.quant4j.core.checkpoint.json;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * Walks through a JSON document. It always stands on a value; whoever is handed one consumes it
 * whole, by exactly one call of a reading method. Duplicate keys, deep nesting and anything that is
 * not JSON are errors that name file and place.
 *
 * <p>Infinity and NaN are taken as numbers, for that is how Python writes them.
 */
public final class JsonCursor {
  /** Deepest nesting of objects and arrays. */
  public static final int MAX_DEPTH = 32;

  /** Most values of a document that {@link #tree} holds in memory. */
  public static final int MAX_NODES = 1 << 20;

  private static final String REMEDY = "Get the file again, or tell whoever wrote it.";

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(1 << 14)
                  .maxStringLength(1 << 22)
                  .maxNumberLength(64)
                  .maxTokenCount(1 << 24)
                  .build())
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
          .build();

  private final Path file;
  private final JsonParser parser;
  private int nodes;

  private JsonCursor(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /**
   * Reads a document that is one object member by member, holding none of them.
   *
   * @param file named in errors
   * @param json UTF-8
   * @param member called with each key and a cursor that stands on its value, which it must consume
   * @throws MalformedModelException if it is not JSON within the limits of this class
   */
  public static void readMembers(Path file, byte[] json, BiConsumer<String, JsonCursor> member) {
    read(
        file,
        json,
        cursor -> {
          cursor.object(key -> member.accept(key, cursor));
          return file;
        });
  }

  /**
   * Reads a document that is one object into memory.
   *
   * @param file named in errors
   * @param maxBytes the longest file that will be read
   * @throws MalformedModelException if it is not JSON within the limits of this class
   * @throws io.quant4j.api.error.ModelIoException if it cannot be read
   */
  public static JsonObject readObject(Path file, int maxBytes) {
    return read(file, SmallFile.bytes(file, maxBytes), cursor -> cursor.tree(""));
  }

  private static <T> T read(Path file, byte[] json, Function<JsonCursor, T> body) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), utf8(json))) {
      JsonCursor cursor = new JsonCursor(file, parser);
      if (parser.nextToken() == null) {
        throw cursor.malformed("there is no JSON");
      }
      T result = body.apply(cursor);
      if (parser.nextToken() != null) {
        throw cursor.malformed("something follows the JSON value");
      }
      return result;
    } catch (JacksonException e) {
      throw new MalformedModelException(
          ErrorLocation.of(file), "not valid JSON: " + describe(e), REMEDY, e);
    }
  }

  /** Text of bytes that must be UTF-8; the parser's own reader would replace what is not. */
  private static Reader utf8(byte[] json) {
    return new InputStreamReader(
        new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder());
  }

  private static String describe(JacksonException e) {
    if (e.getCause() instanceof CharacterCodingException) {
      return "the text is not UTF-8";
    }
    String message = e.getOriginalMessage();
    String text = message.length() > 300 ? message.substring(0, 300) + "..." : message;
    var at = e.getLocation();
    return at == null || at.getLineNr() < 1
        ? text
        : "%s (line %d, column %d)".formatted(text, at.getLineNr(), at.getColumnNr());
  }

  /** Whether the value is an object. */
  public boolean isObject() {
    return parser.currentToken() == JsonToken.START_OBJECT;
  }

  /** Whether the value is an array. */
  public boolean isArray() {
    return parser.currentToken() == JsonToken.START_ARRAY;
  }

  /** Whether the value is a string. */
  public boolean isString() {
    return parser.currentToken() == JsonToken.VALUE_STRING;
  }

  /** Whether the value is null. */
  public boolean isNull() {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }

  /**
   * Consumes an object.
   *
   * @param member called with each key while the cursor stands on its value, which it must consume
   */
  public void object(Consumer<String> member) {
    require(isObject(), "an object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      member.accept(key);
    }
  }

  /**
   * Consumes an array.
   *
   * @param element called while the cursor stands on each element, which it must consume
   */
  public void array(Runnable element) {
    require(isArray(), "an array");
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      element.run();
    }
  }

  /** Consumes a string. */
  public String string() {
    require(isString(), "a string");
    return parser.getString();
  }

  /** Consumes true or false. */
  public boolean flag() {
    JsonToken token = parser.currentToken();
    require(token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE, "true or false");
    return token == JsonToken.VALUE_TRUE;
  }

  /**
   * Consumes a number written without fraction or exponent that is at least 0 and fits in a long.
   */
  public long count() {
    OptionalLong value =
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? integer() : OptionalLong.empty();
    require(value.isPresent() && value.getAsLong() >= 0, "a whole number of at least 0");
    return value.getAsLong();
  }

  /** Consumes anything. */
  public void skip() {
    parser.skipChildren();
  }

  /**
   * Consumes an object into memory.
   *
   * @param path of this object in the document, for errors; empty for the document itself
   */
  public JsonObject tree(String path) {
    require(isObject(), "an object");
    Map<String, Object> members = new LinkedHashMap<>();
    object(key -> {
      if (!isNull()) {
        members.put(key, value(path.isEmpty() ? key : path + "." + key));
      }
    });
    return new JsonObject(file, path, members);
  }

  private Object value(String path) {
    if (++nodes > MAX_NODES) {
      throw malformed("the document holds more than " + MAX_NODES + " values");
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> tree(path);
      case START_ARRAY -> list(path);
      case VALUE_STRING -> parser.getString();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> {
        OptionalLong integer = integer();
        yield integer.isPresent() ? (Object) integer.getAsLong() : parser.getDoubleValue();
      }
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      default -> throw malformed("unexpected " + parser.currentToken());
    };
  }

  private List<Object> list(String path) {
    List<Object> elements = new ArrayList<>();
    array(() -> {
      if (!isNull()) {
        elements.add(value(path));
      }
    });
    return elements;
  }

  private OptionalLong integer() {
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? OptionalLong.empty()
        : OptionalLong.of(parser.getLongValue());
  }

  private void require(boolean holds, String expected) {
    if (!holds) {
      throw malformed("expected " + expected);
    }
  }

  /**
   * An error at the place where the cursor stands.
   *
   * @param reason what is wrong, without a final full stop
   */
  public MalformedModelException malformed(String reason) {
    String pointer = parser.streamReadContext().pathAsPointer().toString();
    ErrorLocation location =
        pointer.isEmpty() ? ErrorLocation.of(file) : ErrorLocation.of(file, pointer);
    return new MalformedModelException(location, reason, REMEDY);
  }
}
