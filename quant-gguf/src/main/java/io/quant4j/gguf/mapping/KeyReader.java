package io.quant4j.gguf.mapping;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.gguf.file.GgufType;
import io.quant4j.gguf.file.GgufValue;
import io.quant4j.gguf.file.NumberArray;
import io.quant4j.gguf.file.Text;
import io.quant4j.gguf.file.TextArray;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Metadata by key and expected type; everything else is an error that names file and key. */
final class KeyReader {
  private static final String REMEDY = "Convert the model again, or get it from another source.";

  private final Path file;
  private final Map<String, GgufValue> values;

  KeyReader(Path file, Map<String, GgufValue> values) {
    this.file = file;
    this.values = values;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /** A number that has to be there, between {@code min} and {@code max}. */
  int required(String key, int min, int max) {
    return integer(key, min, max).orElseThrow(() -> malformed(key, "the key is missing"));
  }

  /**
   * A number between {@code min} and {@code max}. A per-layer array of equal numbers counts as that
   * number.
   *
   * @throws UnsupportedModelException if the layers differ
   */
  OptionalInt integer(String key, int min, int max) {
    GgufValue value = values.get(key);
    if (value == null) {
      return OptionalInt.empty();
    }
    GgufValue scalar = value instanceof NumberArray array ? uniform(key, array) : value;
    if (!(scalar instanceof GgufValue.Int number)) {
      throw wrongType(key, value, "a whole number");
    }
    boolean wrapped = number.type() == GgufType.UINT64 && number.value() < 0;
    if (wrapped || number.value() < min || number.value() > max) {
      throw malformed(key, "%s is not between %d and %d".formatted(number, min, max));
    }
    return OptionalInt.of((int) number.value());
  }

  private GgufValue uniform(String key, NumberArray array) {
    if (array.size() == 0) {
      throw malformed(key, "the per-layer array is empty");
    }
    GgufValue first = array.get(0);
    for (int i = 1; i < array.size(); i++) {
      if (!array.get(i).equals(first)) {
        throw unsupported(
            key, "the value differs between layers (%s, then %s)".formatted(first, array.get(i)));
      }
    }
    return first;
  }

  /**
   * A token id; numbers that are no index of the vocabulary count as absent, as upstream treats
   * them.
   */
  OptionalInt tokenId(String key, int tokens) {
    GgufValue value = values.get(key);
    if (value == null) {
      return OptionalInt.empty();
    }
    if (!(value instanceof GgufValue.Int number)) {
      throw wrongType(key, value, "a token id");
    }
    return number.value() >= 0 && number.value() < tokens
        ? OptionalInt.of((int) number.value())
        : OptionalInt.empty();
  }

  /** A finite number. */
  Optional<Float> real(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof GgufValue.Real number)) {
      throw wrongType(key, value, "a floating-point number");
    }
    float narrowed = (float) number.value();
    if (!Float.isFinite(narrowed)) {
      throw malformed(key, value + " is not a finite number");
    }
    return Optional.of(narrowed);
  }

  Optional<Boolean> flag(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof GgufValue.Bool bool) {
      return Optional.of(bool.value());
    }
    throw wrongType(key, value, "a truth value");
  }

  Optional<String> text(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Text text) {
      return Optional.of(text.value());
    }
    throw wrongType(key, value, "a string");
  }

  Optional<TextArray> texts(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof TextArray array) {
      return Optional.of(array);
    }
    throw wrongType(key, value, "an array of strings");
  }

  /** An array of exactly this element type. */
  Optional<NumberArray> numbers(String key, GgufType element) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof NumberArray array && array.element() == element) {
      return Optional.of(array);
    }
    throw wrongType(key, value, "an array of " + element);
  }

  private MalformedModelException wrongType(String key, GgufValue value, String expected) {
    String found =
        value instanceof NumberArray array
            ? "array of " + array.element()
            : value instanceof TextArray ? "array of " + GgufType.STRING : value.type().toString();
    return malformed(key, "the key holds a value of type %s, not %s".formatted(found, expected));
  }

  MalformedModelException malformed(String key, String reason) {
    return new MalformedModelException(ErrorLocation.of(file, key), reason, REMEDY);
  }

  UnsupportedModelException unsupported(String key, String reason) {
    return new UnsupportedModelException(
        ErrorLocation.of(file, key), reason, "This kind of model cannot be handled here.");
  }
}
