package io.quant4j.core.checkpoint.json;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object in memory that knows where it came from. A key whose value is null counts as
 * absent, as in Python's configuration classes. Reading a value of another type than the one asked
 * for is an error that names file and key.
 */
public final class JsonObject {
  private final Path file;
  private final String path;
  private final Map<String, Object> members;

  JsonObject(Path file, String path, Map<String, Object> members) {
    this.file = file;
    this.path = path;
    this.members = members;
  }

  /** An object without members, standing for a file that does not exist. */
  public static JsonObject empty(Path file) {
    return new JsonObject(file, "", Map.of());
  }

  /** This object with further members where it has none of their keys. */
  public JsonObject withDefaults(Map<String, Object> defaults) {
    Map<String, Object> all = new LinkedHashMap<>(members);
    defaults.forEach(all::putIfAbsent);
    return new JsonObject(file, path, all);
  }

  /** Keys with a value, in the order of the file. */
  public Set<String> keys() {
    return Collections.unmodifiableSet(members.keySet());
  }

  /** Whether a key has a value. */
  public boolean has(String key) {
    return members.containsKey(key);
  }

  /** A string; empty if the key is absent. */
  public Optional<String> text(String key) {
    return typed(key, String.class, "a string");
  }

  /** True or false; empty if the key is absent. */
  public Optional<Boolean> flag(String key) {
    return typed(key, Boolean.class, "true or false");
  }

  /** An object; empty if the key is absent. */
  public Optional<JsonObject> object(String key) {
    return typed(key, JsonObject.class, "an object");
  }

  /** The elements of an array of objects; empty if the key is absent. */
  public List<JsonObject> objects(String key) {
    List<JsonObject> objects = new ArrayList<>();
    for (Object element : typed(key, List.class, "an array").orElse(List.of())) {
      if (!(element instanceof JsonObject object)) {
        throw malformed(key, "holds something that is not an object");
      }
      objects.add(object);
    }
    return objects;
  }

  /** The elements of an array of strings; empty if the key is absent. */
  public List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Object element : typed(key, List.class, "an array").orElse(List.of())) {
      if (!(element instanceof String text)) {
        throw malformed(key, "holds something that is not a string");
      }
      texts.add(text);
    }
    return texts;
  }

  /** The elements of an array of finite numbers; empty if the key is absent. */
  public List<Double> numbers(String key) {
    List<Double> numbers = new ArrayList<>();
    for (Object element : typed(key, List.class, "an array").orElse(List.of())) {
      if (!(element instanceof Number number) || !Double.isFinite(number.doubleValue())) {
        throw malformed(key, "holds something that is not a finite number");
      }
      numbers.add(number.doubleValue());
    }
    return numbers;
  }

  /**
   * One whole number or an array of them, as ids of tokens are written; empty if the key is absent.
   */
  public List<Integer> integers(String key) {
    Object value = members.get(key);
    List<Integer> integers = new ArrayList<>();
    for (Object element : value instanceof List<?> list ? list : listOf(value)) {
      integers.add(toInteger(key, element));
    }
    return integers;
  }

  private static List<Object> listOf(@Nullable Object value) {
    return value == null ? List.of() : List.of(value);
  }

  /** A whole number of 32 bits, which may be written with a fraction of zero; empty if absent. */
  public OptionalInt integer(String key) {
    Object value = members.get(key);
    return value == null ? OptionalInt.empty() : OptionalInt.of(toInteger(key, value));
  }

  private int toInteger(String key, Object value) {
    if (value instanceof Long number && number.intValue() == number) {
      return number.intValue();
    }
    if (value instanceof Double number && (double) number.intValue() == number) {
      return number.intValue();
    }
    throw malformed(key, "is " + show(value) + ", expected a whole number of at most 32 bits");
  }

  /** A finite number; empty if the key is absent. */
  public OptionalDouble number(String key) {
    Object value = members.get(key);
    return switch (value) {
      case null -> OptionalDouble.empty();
      case Long number -> OptionalDouble.of(number);
      case Double number when Double.isFinite(number) -> OptionalDouble.of(number);
      default -> throw malformed(key, "is " + show(value) + ", expected a finite number");
    };
  }

  /**
   * A whole number between two bounds, both included.
   *
   * @throws MalformedModelException if it is absent or outside
   */
  public int requireInteger(String key, int min, int max) {
    int value = integer(key).orElseThrow(() -> absent(key));
    if (value < min || value > max) {
      throw malformed(key, "is %d, expected %d to %d".formatted(value, min, max));
    }
    return value;
  }

  /**
   * A string.
   *
   * @throws MalformedModelException if it is absent
   */
  public String requireText(String key) {
    return text(key).orElseThrow(() -> absent(key));
  }

  /** The value as it is: String, Long, Double, Boolean, List or JsonObject. */
  public Optional<Object> value(String key) {
    return Optional.ofNullable(members.get(key));
  }

  private <T> Optional<T> typed(String key, Class<T> type, String expected) {
    Object value = members.get(key);
    if (value != null && !type.isInstance(value)) {
      throw malformed(key, "is " + show(value) + ", expected " + expected);
    }
    return Optional.ofNullable(type.cast(value));
  }

  private static String show(Object value) {
    return switch (value) {
      case JsonObject object -> "an object";
      case List<?> list -> "an array";
      case String text -> text.length() > 60 ? "a long string" : "\"" + text + "\"";
      default -> value.toString();
    };
  }

  /** Where a key of this object is. */
  public ErrorLocation location(String key) {
    return ErrorLocation.of(file, path.isEmpty() ? key : path + "." + key);
  }

  /** The error of a key that should be there. */
  public MalformedModelException absent(String key) {
    return malformed(key, "is missing");
  }

  /**
   * An error about a key.
   *
   * @param what follows the key's name in the message, as in "is missing"
   */
  public MalformedModelException malformed(String key, String what) {
    return new MalformedModelException(
        location(key), key + " " + what, "Correct the file, or get it again.");
  }
}
