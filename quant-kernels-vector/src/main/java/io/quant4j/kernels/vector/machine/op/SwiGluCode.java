package io.quant4j.kernels.vector.machine.op;

import static io.quant4j.kernels.vector.machine.op.PairCode.X;
import static io.quant4j.kernels.vector.machine.op.PairCode.Y;

import io.quant4j.kernels.vector.lanes.Exp;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Comparison;
import io.quant4j.kernels.vector.machine.assembler.Mask;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import java.util.List;
import java.util.stream.IntStream;

/** {@code x / (1 + exp(-x)) * y}, with {@link Exp} step by step. */
final class SwiGluCode {
  private static final Simd NEGATIVE = Simd.zmm(2);
  private static final Simd SHIFTED = Simd.zmm(3);
  private static final Simd WHOLE = Simd.zmm(4);
  private static final Simd REST = Simd.zmm(5);
  private static final Simd POWER = Simd.zmm(6);
  private static final Simd TERM = Simd.zmm(7);
  private static final Mask TOO_LARGE = new Mask(1);
  private static final int MANTISSA_BITS = 23;

  private final Constants constants = new Constants();
  private final Simd sign = constants.ints(i -> Integer.MIN_VALUE);
  private final Simd least = all(Exp.UNDERFLOW);
  private final Simd most = all(Exp.OVERFLOW);
  private final Simd infinity = all(Float.POSITIVE_INFINITY);
  private final Simd log2 = all(Exp.LOG2_E);
  private final Simd shift = all(Exp.SHIFT);
  private final Simd high = all(-Exp.LN_2_HIGH);
  private final Simd low = all(-Exp.LN_2_LOW);
  private final List<Simd> coefficients;
  private final Simd one;

  private SwiGluCode() {
    float[] values = Exp.coefficients();
    this.one = all(1);
    this.coefficients =
        IntStream.range(0, values.length)
            .mapToObj(i -> values[i] == 1 ? one : all(values[i]))
            .toList();
  }

  private Simd all(float value) {
    return constants.ints(i -> Float.floatToRawIntBits(value));
  }

  /** The bytes of a {@link PairCode}. */
  static byte[] bytes() {
    SwiGluCode code = new SwiGluCode();
    return PairCode.of(code.constants, code::turn);
  }

  /**
   * NaN needs no care: x is divided, and stays NaN. Below the least exponent 1 + e^x is 1 whether
   * e^x is 0 or the least one.
   */
  private void turn(Assembler a) {
    a.vpxord(NEGATIVE, X, sign);
    a.vcmpps(TOO_LARGE, NEGATIVE, most, Comparison.GREATER);
    a.vmaxps(NEGATIVE, NEGATIVE, least);
    exp(a);
    a.vmovups(POWER, TOO_LARGE, infinity);
    a.vaddps(POWER, POWER, one);
    a.vdivps(X, X, POWER);
    a.vmulps(X, X, Y);
  }

  private void exp(Assembler a) {
    copy(a, SHIFTED, shift);
    a.vfmadd231ps(SHIFTED, NEGATIVE, log2);
    a.vsubps(WHOLE, SHIFTED, shift);
    copy(a, REST, NEGATIVE);
    a.vfmadd231ps(REST, WHOLE, high);
    a.vfmadd231ps(REST, WHOLE, low);
    Simd power = coefficients.getFirst();
    Simd next = TERM;
    for (Simd coefficient : coefficients.subList(1, coefficients.size())) {
      copy(a, next, coefficient);
      a.vfmadd231ps(next, power, REST);
      power = next;
      next = next.equals(TERM) ? POWER : TERM;
    }
    a.vpslld(SHIFTED, SHIFTED, MANTISSA_BITS);
    a.vpaddd(POWER, power, SHIFTED);
  }

  private static void copy(Assembler a, Simd to, Simd from) {
    a.vpord(to, from, from);
  }
}
