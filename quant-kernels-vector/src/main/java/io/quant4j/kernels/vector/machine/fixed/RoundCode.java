package io.quant4j.kernels.vector.machine.fixed;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.GroupLargest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Rounds groups of a row to integers: {@code void f(numbers, integers, scales, groups)}, where
 * numbers are {@link StoredFloats}, integers and scales are the row's own place in the first {@link
 * GroupLayout}, and groups is at least 1.
 *
 * <p>The integers of 32 columns come in the order in which two registers are packed, the same for
 * weights and vectors. Infinities and NaN make the scale infinite or NaN, and so every result with
 * it.
 */
final class RoundCode {
  private static final int FLOATS = 16;
  private static final int VALUES = FixedPoint.GROUP / FLOATS;

  private static final Simd SCRATCH = Simd.zmm(20);
  private static final Simd MAGNITUDE = Simd.zmm(28);
  private static final Simd SMALLEST = Simd.zmm(29);
  private static final Simd LEVELS = Simd.zmm(30);
  private static final Simd STEP = Simd.zmm(31);

  private final Assembler a = new Assembler();
  private final StoredFloats numbers;
  private final GroupLayout layout;

  private RoundCode(StoredFloats numbers, GroupLayout layout) {
    this.numbers = numbers;
    this.layout = layout;
  }

  /** The function's bytes, which run at any address. */
  static byte[] of(StoredFloats numbers, GroupLayout layout) {
    return new RoundCode(numbers, layout).write();
  }

  private byte[] write() {
    Label data = a.label();
    Label next = a.label();
    a.lea(RAX, data);
    Simd[] constants = {MAGNITUDE, SMALLEST, LEVELS, STEP};
    for (int i = 0; i < constants.length; i++) {
      a.vbroadcastss(constants[i], Mem.at(RAX, i * Float.BYTES));
    }
    a.bind(next);
    Simd largest = GroupLargest.write(a, this::load, MAGNITUDE, SMALLEST);
    scale(largest);
    integers(largest);
    a.add(RDI, FixedPoint.GROUP * numbers.bytes());
    a.add(RSI, layout.bytes());
    a.add(RDX, layout.bytes());
    a.sub(RCX, 1);
    a.jump(NOT_EQUAL, next);
    a.vzeroupper();
    a.ret();
    a.align(Float.BYTES);
    a.bind(data);
    a.data(constants());
    return a.toByteArray();
  }

  private byte[] constants() {
    return ByteBuffer.allocate(4 * Float.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(Integer.MAX_VALUE)
        .putFloat(FixedPoint.SMALLEST_MAXIMUM)
        .putFloat(layout.levels())
        .putFloat(1f / layout.levels())
        .array();
  }

  private void load(Simd value, int place) {
    numbers.load(a, value, Mem.at(RDI, place * FLOATS * numbers.bytes()));
  }

  private void scale(Simd largest) {
    Simd scale = SCRATCH.quarter();
    Simd factor = largest.quarter();
    a.vmulps(scale, factor, STEP.quarter());
    if (layout.scaleCopies() == 1) {
      a.vmovss(Mem.at(RDX, 0), scale);
    } else {
      a.vmovlps(Mem.at(RDX, 0), scale);
    }
    a.vdivps(factor, LEVELS.quarter(), factor);
    a.vbroadcastss(largest, factor);
  }

  private void integers(Simd factor) {
    for (int i = 0; i < VALUES; i += 2) {
      Simd low = Simd.zmm(i);
      Simd high = Simd.zmm(i + 1);
      a.vmulps(low, low, factor);
      a.vmulps(high, high, factor);
      a.vcvtps2dq(low, low);
      a.vcvtps2dq(high, high);
      a.vpackssdw(low, low, high);
      a.vmovups(Mem.at(RSI, i / 2 * layout.rows() * GroupLayout.VECTOR_BYTES), low);
    }
  }
}
