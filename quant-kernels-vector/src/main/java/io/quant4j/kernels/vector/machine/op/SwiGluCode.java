package io.quant4j.kernels.vector.machine.op;

import static io.quant4j.kernels.vector.machine.op.ExpCode.POWER_OF;
import static io.quant4j.kernels.vector.machine.op.ExpCode.RESULT;
import static io.quant4j.kernels.vector.machine.op.PairCode.X;
import static io.quant4j.kernels.vector.machine.op.PairCode.Y;

import io.quant4j.kernels.vector.lanes.Exp;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Comparison;
import io.quant4j.kernels.vector.machine.assembler.Mask;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/** {@code x / (1 + exp(-x)) * y}. */
final class SwiGluCode {
  private static final Mask TOO_LARGE = new Mask(1);

  private final Constants constants = new Constants();
  private final Simd sign = constants.ints(i -> Integer.MIN_VALUE);
  private final Simd least = constants.all(Exp.UNDERFLOW);
  private final Simd most = constants.all(Exp.OVERFLOW);
  private final Simd infinity = constants.all(Float.POSITIVE_INFINITY);
  private final ExpCode exp = new ExpCode(constants);

  private SwiGluCode() {}

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
    a.vpxord(POWER_OF, X, sign);
    a.vcmpps(TOO_LARGE, POWER_OF, most, Comparison.GREATER);
    a.vmaxps(POWER_OF, POWER_OF, least);
    exp.write(a);
    a.vmovups(RESULT, TOO_LARGE, infinity);
    a.vaddps(RESULT, RESULT, exp.one());
    a.vdivps(X, X, RESULT);
    a.vmulps(X, X, Y);
  }
}
