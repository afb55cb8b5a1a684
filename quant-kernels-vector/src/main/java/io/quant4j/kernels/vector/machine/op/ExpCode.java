package io.quant4j.kernels.vector.machine.op;

import io.quant4j.kernels.vector.lanes.Exp;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@link Exp} step by step, from {@link Exp#UNDERFLOW} to {@link Exp#OVERFLOW}; what is beyond and
 * NaN is the caller's. Uses zmm2 to zmm7 and eleven constants.
 */
final class ExpCode {
  /** What e is raised to; not changed. */
  static final Simd POWER_OF = Simd.zmm(2);

  /** The result. */
  static final Simd RESULT = Simd.zmm(6);

  private static final Simd SHIFTED = Simd.zmm(3);
  private static final Simd WHOLE = Simd.zmm(4);
  private static final Simd REST = Simd.zmm(5);
  private static final Simd TERM = Simd.zmm(7);
  private static final int MANTISSA_BITS = 23;

  private final Simd log2;
  private final Simd shift;
  private final Simd high;
  private final Simd low;
  private final Simd one;
  private final List<Simd> coefficients;

  ExpCode(Constants constants) {
    log2 = constants.all(Exp.LOG2_E);
    shift = constants.all(Exp.SHIFT);
    high = constants.all(-Exp.LN_2_HIGH);
    low = constants.all(-Exp.LN_2_LOW);
    one = constants.all(1);
    float[] values = Exp.coefficients();
    coefficients =
        IntStream.range(0, values.length)
            .mapToObj(i -> values[i] == 1 ? one : constants.all(values[i]))
            .toList();
  }

  /** 1 in all lanes. */
  Simd one() {
    return one;
  }

  void write(Assembler a) {
    copy(a, SHIFTED, shift);
    a.vfmadd231ps(SHIFTED, POWER_OF, log2);
    a.vsubps(WHOLE, SHIFTED, shift);
    copy(a, REST, POWER_OF);
    a.vfmadd231ps(REST, WHOLE, high);
    a.vfmadd231ps(REST, WHOLE, low);
    Simd power = coefficients.getFirst();
    Simd next = TERM;
    for (Simd coefficient : coefficients.subList(1, coefficients.size())) {
      copy(a, next, coefficient);
      a.vfmadd231ps(next, power, REST);
      power = next;
      next = next.equals(TERM) ? RESULT : TERM;
    }
    a.vpslld(SHIFTED, SHIFTED, MANTISSA_BITS);
    a.vpaddd(RESULT, power, SHIFTED);
  }

  private static void copy(Assembler a, Simd to, Simd from) {
    a.vpord(to, from, from);
  }
}
