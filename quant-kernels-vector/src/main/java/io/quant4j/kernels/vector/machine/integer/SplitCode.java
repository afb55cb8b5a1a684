package io.quant4j.kernels.vector.machine.integer;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.GroupLargest;

/**
 * Rounds groups of a vector and splits the integers into bytes: {@code void f(records, unused,
 * floats, groups)}, where records are those of {@link IntegerVector} and groups is at least 1.
 *
 * <p>Infinities and NaN make the scale infinite or NaN, and so every result with it.
 */
final class SplitCode {
  private static final int VALUES = 16;
  private static final int HALF_OF_UPPER = 128;
  private static final int BYTE = 8;

  /** A group below this is rounded as if it were this: no scale is zero or subnormal. */
  private static final float SMALLEST = 0x1p-48f;

  private final Assembler a = new Assembler();
  private final Constants constants = new Constants(24);
  private final Simd order = constants.ints(lane -> lane % 4 * 4 + lane / 4);
  private final Simd half = constants.ints(lane -> HALF_OF_UPPER);
  private final Simd magnitude = constants.ints(lane -> Integer.MAX_VALUE);
  private final Simd smallest = constants.all(SMALLEST);
  private final Simd levels = constants.all(IntegerVector.LEVELS);
  private final Simd step = constants.all(1f / IntegerVector.LEVELS);

  private SplitCode() {}

  /** The function's bytes, which run at any address. */
  static byte[] bytes() {
    return new SplitCode().write();
  }

  private byte[] write() {
    Label data = a.label();
    Label next = a.label();
    constants.load(a, RAX, data);
    a.bind(next);
    integers();
    halves();
    sums();
    a.add(RDX, IntegerVector.GROUP * Float.BYTES);
    a.add(RDI, IntegerVector.BYTES);
    a.sub(RCX, 1);
    a.jump(NOT_EQUAL, next);
    a.vzeroupper();
    a.ret();
    constants.write(a, data);
    return a.toByteArray();
  }

  /** Leaves them in zmm0 to zmm15. */
  private void integers() {
    Simd largest =
        GroupLargest.write(
            a,
            (value, i) -> a.vmovups(value, Mem.at(RDX, i * VALUES * Float.BYTES)),
            magnitude,
            smallest);
    Simd scale = Simd.xmm(20);
    a.vmulps(scale, largest.quarter(), step.quarter());
    a.vmovss(Mem.at(RDI, IntegerVector.SCALE_AT), scale);
    a.vdivps(largest.quarter(), levels.quarter(), largest.quarter());
    a.vbroadcastss(largest, largest.quarter());
    for (int i = 0; i < VALUES; i++) {
      Simd value = Simd.zmm(i);
      a.vmulps(value, value, largest);
      a.vcvtps2dq(value, value);
    }
  }

  /** The lower byte is signed, so half of the upper one's unit is added before it is cut off. */
  private void halves() {
    for (int i = 0; i < VALUES; i++) {
      Simd upper = Simd.zmm(VALUES + i % 4);
      a.vpmovdb(Mem.at(RDI, i * VALUES), Simd.zmm(i));
      a.vpaddd(upper, Simd.zmm(i), half);
      a.vpsrad(upper, upper, BYTE);
      a.vpmovdb(Mem.at(RDI, IntegerVector.UPPER_AT + i * VALUES), upper);
    }
  }

  private void sums() {
    for (int i = 0; i < 4; i++) {
      sumsOfFour(Simd.zmm(VALUES + i), 4 * i);
    }
    Simd sixteens = Simd.zmm(0);
    sumsOfFour(sixteens, VALUES);
    a.vmovups(IntegerVector.sixteens(RDI), sixteens);
  }

  /** Adds up each 128 bits of four registers, which are overwritten, from {@code first} on. */
  private void sumsOfFour(Simd to, int first) {
    Simd scratch = Simd.zmm(20);
    for (int i = first; i < first + 4; i += 2) {
      a.vunpcklps(scratch, Simd.zmm(i), Simd.zmm(i + 1));
      a.vunpckhps(Simd.zmm(i), Simd.zmm(i), Simd.zmm(i + 1));
      a.vpaddd(Simd.zmm(i), Simd.zmm(i), scratch);
    }
    a.vunpcklpd(scratch, Simd.zmm(first), Simd.zmm(first + 2));
    a.vunpckhpd(to, Simd.zmm(first), Simd.zmm(first + 2));
    a.vpaddd(to, to, scratch);
    a.vpermd(to, order, to);
  }
}
