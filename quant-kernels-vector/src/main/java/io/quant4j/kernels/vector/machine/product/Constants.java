package io.quant4j.kernels.vector.machine.product;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Vectors that a kernel keeps in registers from its beginning to its end: zmm16 and up. What it
 * needs less often stays in memory.
 */
public final class Constants {
  /** Bytes of a vector. */
  public static final int BYTES = 64;

  private static final int FIRST_REGISTER = 16;
  private static final int END = 32;

  /** Points to what stays in memory, in kernels of {@link RowsCode}. */
  static final Gpr IN_MEMORY = Gpr.R15;

  private final List<byte[]> values = new ArrayList<>();
  private final List<byte[]> stored = new ArrayList<>();

  private final int first;

  /** For zmm16 to zmm31; none yet. */
  public Constants() {
    this(FIRST_REGISTER);
  }

  /** For the registers from {@code first} on. */
  public Constants(int first) {
    this.first = first;
  }

  /** 64 bytes. */
  public Simd bytes(IntUnaryOperator value) {
    return add(toBytes(value));
  }

  /** 16 ints. */
  public Simd ints(IntUnaryOperator value) {
    return add(toInts(value));
  }

  /** 64 bytes that stay in memory; for {@link RowCode}. */
  public Mem storedBytes(IntUnaryOperator value) {
    return store(toBytes(value));
  }

  /** 16 ints that stay in memory; for {@link RowCode}. */
  public Mem storedInts(IntUnaryOperator value) {
    return store(toInts(value));
  }

  private static byte[] toBytes(IntUnaryOperator value) {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[i] = (byte) value.applyAsInt(i);
    }
    return bytes;
  }

  private static byte[] toInts(IntUnaryOperator value) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < BYTES / Integer.BYTES; i++) {
      bytes.putInt(value.applyAsInt(i));
    }
    return bytes.array();
  }

  private Mem store(byte[] bytes) {
    stored.add(bytes);
    return Mem.at(IN_MEMORY, (stored.size() - 1) * BYTES);
  }

  /** 16 floats. */
  public Simd floats(IntUnaryOperator value) {
    return ints(i -> Float.floatToRawIntBits(value.applyAsInt(i)));
  }

  /** One float in all lanes. */
  public Simd all(float value) {
    return ints(i -> Float.floatToRawIntBits(value));
  }

  private Simd add(byte[] bytes) {
    if (first + values.size() == END) {
      throw new AssertionError("no register is left for a constant");
    }
    values.add(bytes);
    return Simd.zmm(first + values.size() - 1);
  }

  /**
   * Code that loads them.
   *
   * @param scratch points to what stays in memory afterwards
   */
  public void load(Assembler a, Gpr scratch, Label at) {
    if (!stored.isEmpty() && scratch != IN_MEMORY) {
      throw new AssertionError("nothing points to constants in memory");
    }
    a.lea(scratch, at);
    for (int i = 0; i < values.size(); i++) {
      a.vmovups(Simd.zmm(first + i), Mem.at(scratch, (stored.size() + i) * BYTES));
    }
  }

  /** The values, behind the code. */
  public void write(Assembler a, Label at) {
    a.align(BYTES);
    a.bind(at);
    stored.forEach(a::data);
    values.forEach(a::data);
  }
}
