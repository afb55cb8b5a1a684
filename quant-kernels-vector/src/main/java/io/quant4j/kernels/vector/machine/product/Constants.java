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

/** Vectors that a kernel keeps in registers from its beginning to its end: zmm16 and up. */
public final class Constants {
  /** Bytes of a vector. */
  public static final int BYTES = 64;

  private static final int FIRST_REGISTER = 16;
  private static final int END = 32;

  private final List<byte[]> values = new ArrayList<>();

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
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[i] = (byte) value.applyAsInt(i);
    }
    return add(bytes);
  }

  /** 16 ints. */
  public Simd ints(IntUnaryOperator value) {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < BYTES / Integer.BYTES; i++) {
      bytes.putInt(value.applyAsInt(i));
    }
    return add(bytes.array());
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

  /** Code that loads them. */
  public void load(Assembler a, Gpr scratch, Label at) {
    a.lea(scratch, at);
    for (int i = 0; i < values.size(); i++) {
      a.vmovups(Simd.zmm(first + i), Mem.at(scratch, i * BYTES));
    }
  }

  /** The values, behind the code. */
  public void write(Assembler a, Label at) {
    a.align(BYTES);
    a.bind(at);
    values.forEach(a::data);
  }
}
