package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.GeGluKernel;
import java.util.Arrays;

/** What a kernel of GEGLU must keep. */
final class GeGluTrial {
  private static final int AT = GuardedFloats.OFFSET;
  private static final int[] LENGTHS = {1, 2, 7, 8, 15, 16, 17, 31, 64, 100, 257};

  private GeGluTrial() {}

  static void check(GeGluKernel kernel) {
    for (int count : LENGTHS) {
      for (double deviation : new double[] {1e-30, 0.1, 3, 40}) {
        check(
            kernel,
            GuardedFloats.gaussian(43, count, deviation),
            GuardedFloats.gaussian(44, count, 2));
      }
    }
    float[] gate = {0, -0f, Float.POSITIVE_INFINITY, 1e30f, -1e30f, Float.NaN, 1, 1};
    float[] result = apply(kernel, gate, FormatInputs.ONES.row(gate.length));
    assertThat(result[0]).isZero();
    assertThat(result[1]).isZero();
    assertThat(result[2]).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(result[3]).isEqualTo(1e30f);
    assertThat(Math.abs(result[4])).isZero();
    assertThat(result[5]).isNaN();
    assertThat(result[6]).isEqualTo(result[7]);
  }

  private static float[] apply(GeGluKernel kernel, float[] gate, float[] up) {
    GuardedFloats result = GuardedFloats.of(gate);
    GuardedFloats factors = GuardedFloats.of(up);
    kernel.apply(result.array, AT, factors.array, AT, gate.length);
    assertThat(factors.checkedValues()).isEqualTo(up);
    return result.checkedValues();
  }

  private static void check(GeGluKernel kernel, float[] gate, float[] up) {
    float[] result = apply(kernel, gate, up);
    for (int i = 0; i < gate.length; i++) {
      double z = gate[i];
      double inner = Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z);
      double expected = z / 2 * (1 + Math.tanh(inner)) * up[i];
      // 1 + tanh loses up to one rounding of 1, however small the sum is.
      double limit =
          KernelBudget.EXPONENTIAL * Math.abs(z * up[i])
              + KernelBudget.FLUSHED * Math.abs(up[i])
              + KernelBudget.underflow(1);
      assertThat(Math.abs(result[i] - expected))
          .as("gelu(%s) * %s: %s, not %s", gate[i], up[i], result[i], expected)
          .isLessThanOrEqualTo(limit);
    }
    for (int cut : new int[] {1, 3, 8, 21}) {
      if (cut < gate.length) {
        int end = gate.length;
        assertThat(
                apply(kernel, Arrays.copyOfRange(gate, cut, end), Arrays.copyOfRange(up, cut, end)))
            .as("from %d of %d", cut, end)
            .isEqualTo(Arrays.copyOfRange(result, cut, end));
      }
    }
  }
}
