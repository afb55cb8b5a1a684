package io.quant4j.gguf.file;

/**
 * A metadata value with the type that it has in the file. Immutable; equal only to the same value
 * of the same type.
 */
public sealed interface GgufValue
    permits GgufValue.Int, GgufValue.Real, GgufValue.Bool, Text, NumberArray, TextArray {

  /** Type id of this value. */
  GgufType type();

  /** A 32-bit unsigned number. */
  static GgufValue uint32(int value) {
    return new Int(GgufType.UINT32, value);
  }

  /** A 32-bit signed number. */
  static GgufValue int32(int value) {
    return new Int(GgufType.INT32, value);
  }

  /** A 32-bit floating-point number. */
  static GgufValue float32(float value) {
    return new Real(GgufType.FLOAT32, value);
  }

  /** A truth value. */
  static GgufValue bool(boolean value) {
    return new Bool(value);
  }

  /** A string. */
  static GgufValue text(String value) {
    return Text.of(value);
  }

  /**
   * A whole number.
   *
   * @param type one of the integer types
   * @param value the number; a {@code uint64} above {@link Long#MAX_VALUE} appears negative
   */
  record Int(GgufType type, long value) implements GgufValue {
    @Override
    public String toString() {
      return type == GgufType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
    }
  }

  /**
   * A floating-point number.
   *
   * @param type {@code float32} or {@code float64}
   * @param value the number, widened
   */
  record Real(GgufType type, double value) implements GgufValue {
    @Override
    public String toString() {
      return type == GgufType.FLOAT32 ? Float.toString((float) value) : Double.toString(value);
    }
  }

  /**
   * A truth value.
   *
   * @param value true for any byte but zero
   */
  record Bool(boolean value) implements GgufValue {
    @Override
    public GgufType type() {
      return GgufType.BOOL;
    }

    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }
}
