package io.quant4j.api.model;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;

/** A metadata value that a user sets. The container chooses the width in which it is stored. */
public sealed interface MetadataValue {

  /**
   * A whole number.
   *
   * @param value stored in 32 bits, as readers expect: unsigned if it is not negative
   */
  record Int(long value) implements MetadataValue {}

  /** A floating-point number. */
  record Real(double value) implements MetadataValue {}

  /** A truth value. */
  record Bool(boolean value) implements MetadataValue {}

  /** A text. */
  record Text(String value) implements MetadataValue {}

  /**
   * Reads {@code int:3}, {@code float:0.5}, {@code bool:true} or {@code str:text}.
   *
   * @throws InvalidRequestException if it is none of these
   */
  static MetadataValue parse(String text) {
    int colon = text.indexOf(':');
    String value = text.substring(colon + 1);
    try {
      switch (colon < 0 ? "" : text.substring(0, colon)) {
        case "int":
          return new Int(Long.parseLong(value));
        case "float":
          return new Real(Double.parseDouble(value));
        case "str":
          return new Text(value);
        case "bool":
          if (value.equals("true") || value.equals("false")) {
            return new Bool(value.equals("true"));
          }
          throw malformed(text);
        default:
          throw malformed(text);
      }
    } catch (NumberFormatException e) {
      throw malformed(text);
    }
  }

  private static InvalidRequestException malformed(String text) {
    return new InvalidRequestException(
        ErrorLocation.subject(text),
        "not a metadata value",
        "Write int:NUMBER, float:NUMBER, bool:true, bool:false or str:TEXT.");
  }
}
