package io.quant4j.gguf.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An array of numbers or truth values, kept as stored. */
public final class NumberArray implements GgufValue {
  private final GgufType element;
  private final byte[] bytes;

  /**
   * @param element a number type or {@code bool}
   * @param bytes little-endian elements, owned by this value from now on
   */
  NumberArray(GgufType element, byte[] bytes) {
    this.element = element;
    this.bytes = bytes;
  }

  /** An array of {@code int32}. */
  public static NumberArray ofInts(int... values) {
    ByteBuffer buffer = allocate(values.length);
    buffer.asIntBuffer().put(values);
    return new NumberArray(GgufType.INT32, buffer.array());
  }

  /** An array of {@code float32}. */
  public static NumberArray ofFloats(float... values) {
    ByteBuffer buffer = allocate(values.length);
    buffer.asFloatBuffer().put(values);
    return new NumberArray(GgufType.FLOAT32, buffer.array());
  }

  private static ByteBuffer allocate(int count) {
    return ByteBuffer.allocate(Math.multiplyExact(count, Integer.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Type of each element. */
  public GgufType element() {
    return element;
  }

  /** Number of elements. */
  public int size() {
    return bytes.length / element.minimumBytes();
  }

  /**
   * Element {@code index} of an array of whole numbers; a large {@code uint64} appears negative.
   */
  public long integer(int index) {
    ByteBuffer b = buffer();
    return switch (element) {
      case UINT8 -> Byte.toUnsignedLong(b.get(index));
      case INT8 -> b.get(index);
      case UINT16 -> Short.toUnsignedLong(b.getShort(index * Short.BYTES));
      case INT16 -> b.getShort(index * Short.BYTES);
      case UINT32 -> Integer.toUnsignedLong(b.getInt(index * Integer.BYTES));
      case INT32 -> b.getInt(index * Integer.BYTES);
      case UINT64, INT64 -> b.getLong(index * Long.BYTES);
      case FLOAT32, FLOAT64, BOOL, STRING, ARRAY ->
          throw new IllegalStateException("array of " + element + " read as whole numbers");
    };
  }

  /** Element {@code index} as a value of its own. */
  public GgufValue get(int index) {
    return switch (element) {
      case FLOAT32 -> new Real(element, buffer().getFloat(index * Float.BYTES));
      case FLOAT64 -> new Real(element, buffer().getDouble(index * Double.BYTES));
      case BOOL -> new Bool(bytes[index] != 0);
      default -> new Int(element, integer(index));
    };
  }

  /** All elements of an array of {@code int32}. */
  public int[] ints() {
    require(GgufType.INT32);
    int[] values = new int[size()];
    buffer().asIntBuffer().get(values);
    return values;
  }

  /** All elements of an array of {@code float32}. */
  public float[] floats() {
    require(GgufType.FLOAT32);
    float[] values = new float[size()];
    buffer().asFloatBuffer().get(values);
    return values;
  }

  private void require(GgufType expected) {
    if (element != expected) {
      throw new IllegalStateException("array of " + element + " read as " + expected);
    }
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Stored bytes, not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public GgufType type() {
    return GgufType.ARRAY;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NumberArray array
        && element == array.element
        && Arrays.equals(bytes, array.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * element.hashCode() + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return element + "[" + size() + "]";
  }
}
