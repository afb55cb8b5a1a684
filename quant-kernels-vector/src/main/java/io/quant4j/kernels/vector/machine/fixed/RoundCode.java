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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Rounds groups of a row to integers: {@code void f(numbers, integers, scales, groups)}, where
 * numbers are {@link StoredFloats}, integers and scales are the row's own place in the first {@link
 * GroupLayout}, and groups is at least 1.
 *
 * <p>The integers of 32 columns come in the order in which two registers are packed, the same for
 * weights and vectors. Magnitudes are compared as the integers that their bits are, where
 * infinities and NaN are the largest: they make the scale infinite or NaN, and so every result with
 * it.
 */
final class RoundCode {
  private static final int FLOATS = 16;
  private static final int VALUES = FixedPoint.GROUP / FLOATS;
  private static final int SWAP_PAIRS = 0b01_00_11_10;
  private static final int SWAP_NEIGHBOURS = 0b10_11_00_01;

  private static final Simd MAXIMUM = Simd.zmm(16);
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
    loadAndCompare();
    maximumOfLanes();
    scale();
    integers();
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

  /** Four maximums, so that each waits for every fourth comparison only. */
  private void loadAndCompare() {
    for (int i = 0; i < VALUES; i++) {
      Simd value = Simd.zmm(i);
      Simd maximum = Simd.zmm(MAXIMUM.number() + i % 4);
      Simd magnitude = Simd.zmm(SCRATCH.number() + i % 4);
      numbers.load(a, value, Mem.at(RDI, i * FLOATS * numbers.bytes()));
      a.vpandd(magnitude, value, MAGNITUDE);
      a.vpmaxud(maximum, i < 4 ? SMALLEST : maximum, magnitude);
    }
  }

  private void maximumOfLanes() {
    Simd second = Simd.zmm(MAXIMUM.number() + 1);
    Simd third = Simd.zmm(MAXIMUM.number() + 2);
    a.vpmaxud(MAXIMUM, MAXIMUM, second);
    a.vpmaxud(third, third, Simd.zmm(MAXIMUM.number() + 3));
    a.vpmaxud(MAXIMUM, MAXIMUM, third);
    Simd half = MAXIMUM.half();
    Simd quarter = MAXIMUM.quarter();
    a.vextractf64x4(SCRATCH.half(), MAXIMUM, 1);
    a.vpmaxud(half, half, SCRATCH.half());
    a.vextractf32x4(SCRATCH.quarter(), half, 1);
    a.vpmaxud(quarter, quarter, SCRATCH.quarter());
    a.vpermilps(SCRATCH.quarter(), quarter, SWAP_PAIRS);
    a.vpmaxud(quarter, quarter, SCRATCH.quarter());
    a.vpermilps(SCRATCH.quarter(), quarter, SWAP_NEIGHBOURS);
    a.vpmaxud(quarter, quarter, SCRATCH.quarter());
  }

  private void scale() {
    Simd scale = SCRATCH.quarter();
    Simd factor = MAXIMUM.quarter();
    a.vmulps(scale, factor, STEP.quarter());
    if (layout.scaleCopies() == 1) {
      a.vmovss(Mem.at(RDX, 0), scale);
    } else {
      a.vmovlps(Mem.at(RDX, 0), scale);
    }
    a.vdivps(factor, LEVELS.quarter(), factor);
    a.vbroadcastss(MAXIMUM, factor);
  }

  private void integers() {
    for (int i = 0; i < VALUES; i += 2) {
      Simd low = Simd.zmm(i);
      Simd high = Simd.zmm(i + 1);
      a.vmulps(low, low, MAXIMUM);
      a.vmulps(high, high, MAXIMUM);
      a.vcvtps2dq(low, low);
      a.vcvtps2dq(high, high);
      a.vpackssdw(low, low, high);
      a.vmovups(Mem.at(RSI, i / 2 * layout.rows() * GroupLayout.VECTOR_BYTES), low);
    }
  }
}
