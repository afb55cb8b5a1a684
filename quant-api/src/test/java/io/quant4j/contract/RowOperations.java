package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AddKernel;
import io.quant4j.api.spi.RmsNormKernel;
import io.quant4j.api.spi.RotaryKernel;
import io.quant4j.api.spi.SwiGluKernel;
import java.util.Arrays;

/** What the operations on single rows must give. */
final class RowOperations {
  private static final int[] LENGTHS = {
    1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 67, 100, 127, 288, 1000, 4099
  };
  private static final float EPSILON = 1e-5f;
  private static final int AT = GuardedFloats.OFFSET;

  private RowOperations() {}

  /** The sum: not finite if an element is not, since infinities of both signs give NaN. */
  static float sum(float[] values) {
    float sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  /** A result into which NaN or an infinity went, or one that keeps every bit. */
  static void checkSpoilt(float actual, float before, boolean spoilt) {
    if (spoilt) {
      assertThat(Float.isFinite(actual)).as("%s should not be finite", actual).isFalse();
    } else {
      assertThat(actual).as("beside NaN or infinity").isEqualTo(before);
    }
  }

  static void checkRmsNorm(RmsNormKernel kernel) {
    for (int dim : LENGTHS) {
      for (double deviation : new double[] {0, 1e-40, 1e-20, 1e-3, 1, 1e15}) {
        float[] x = GuardedFloats.gaussian(21, dim, deviation);
        float[] gain = GuardedFloats.gaussian(22, dim, 1);
        float[] normalized = rmsNorm(kernel, x, gain, false);
        assertThat(rmsNorm(kernel, x, gain, true)).as("in place").isEqualTo(normalized);
        checkRmsNorm(x, gain, normalized);
      }
      float[] spoilt = GuardedFloats.gaussian(21, dim, 1);
      spoilt[dim / 2] = Float.NaN;
      for (float value : rmsNorm(kernel, spoilt, FormatInputs.ONES.row(dim), false)) {
        assertThat(value).as("beside NaN").isNaN();
      }
    }
  }

  private static float[] rmsNorm(RmsNormKernel kernel, float[] x, float[] gain, boolean inPlace) {
    GuardedFloats in = GuardedFloats.of(x);
    GuardedFloats factors = GuardedFloats.of(gain);
    GuardedFloats out = inPlace ? in : GuardedFloats.blank(x.length);
    kernel.normalize(in.array, AT, factors.array, AT, EPSILON, x.length, out.array, AT);
    assertThat(factors.checkedValues()).isEqualTo(gain);
    if (!inPlace) {
      assertThat(in.checkedValues()).isEqualTo(x);
    }
    return out.checkedValues();
  }

  private static void checkRmsNorm(float[] x, float[] gain, float[] normalized) {
    double squares = 0;
    for (float value : x) {
      squares += (double) value * value;
    }
    double scale = 1 / Math.sqrt(squares / x.length + EPSILON);
    for (int i = 0; i < x.length; i++) {
      double expected = x[i] * scale * gain[i];
      double limit = KernelBudget.sum(x.length) * Math.abs(expected) + KernelBudget.underflow(1);
      assertThat(Math.abs(normalized[i] - expected))
          .as("element %d of %d: %s, not %s", i, x.length, normalized[i], expected)
          .isLessThanOrEqualTo(limit);
    }
  }

  static void checkRotary(RotaryKernel kernel, RotaryLayout layout) {
    for (int headDim : new int[] {2, 8, 32, 64, 80, 128}) {
      for (int dims : new int[] {0, 2, 6, headDim / 4, headDim / 2, headDim}) {
        if (dims % 2 == 0 && dims <= headDim) {
          checkRotary(kernel, layout, 1, headDim, dims);
          checkRotary(kernel, layout, 3, headDim, dims);
        }
      }
    }
  }

  private static void checkRotary(
      RotaryKernel kernel, RotaryLayout layout, int heads, int headDim, int dims) {
    float[] x = GuardedFloats.gaussian(31, heads * headDim, 1);
    float[] angles = new float[dims];
    for (int pair = 0; pair < dims / 2; pair++) {
      angles[2 * pair] = (float) Math.cos(1.7 * pair + 0.3);
      angles[2 * pair + 1] = (float) Math.sin(1.7 * pair + 0.3);
    }
    double[] expected = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      expected[i] = x[i];
    }
    boolean neighbours = layout == RotaryLayout.INTERLEAVED;
    for (int head = 0; head < heads; head++) {
      for (int pair = 0; pair < dims / 2; pair++) {
        int first = head * headDim + (neighbours ? 2 * pair : pair);
        int second = first + (neighbours ? 1 : dims / 2);
        double cos = angles[2 * pair];
        double sin = angles[2 * pair + 1];
        expected[first] = x[first] * cos - x[second] * sin;
        expected[second] = x[first] * sin + x[second] * cos;
      }
    }
    GuardedFloats rotated = GuardedFloats.of(x);
    GuardedFloats given = GuardedFloats.of(angles);
    kernel.rotate(rotated.array, AT, heads, headDim, given.array, AT, dims);
    float[] values = rotated.checkedValues();
    assertThat(given.checkedValues()).isEqualTo(angles);
    for (int i = 0; i < x.length; i++) {
      // Magnitudes are a few units; what is not rotated is not touched.
      double limit = i % headDim < dims ? 8 * 3 * KernelBudget.ROUNDING : 0;
      assertThat(Math.abs(values[i] - expected[i]))
          .as("%d of %d dims, element %d: %s", dims, headDim, i, values[i])
          .isLessThanOrEqualTo(limit);
    }
  }

  static void checkSwiGlu(SwiGluKernel kernel) {
    for (int count : LENGTHS) {
      for (double deviation : new double[] {1e-30, 0.1, 3, 40}) {
        float[] gate = GuardedFloats.gaussian(41, count, deviation);
        float[] up = GuardedFloats.gaussian(42, count, 2);
        checkSwiGlu(kernel, gate, up);
      }
    }
    float[] steps = new float[801];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = (i - 400) / 4f;
    }
    checkSwiGlu(kernel, steps, FormatInputs.ONES.row(steps.length));
    checkSwiGluExtremes(kernel);
  }

  private static float[] swiGlu(SwiGluKernel kernel, float[] gate, float[] up) {
    GuardedFloats result = GuardedFloats.of(gate);
    GuardedFloats factors = GuardedFloats.of(up);
    kernel.apply(result.array, AT, factors.array, AT, gate.length);
    assertThat(factors.checkedValues()).isEqualTo(up);
    return result.checkedValues();
  }

  private static void checkSwiGlu(SwiGluKernel kernel, float[] gate, float[] up) {
    float[] result = swiGlu(kernel, gate, up);
    for (int i = 0; i < gate.length; i++) {
      double z = gate[i];
      double expected = z / (1 + Math.exp(-z)) * up[i];
      // exp(-z) has the error of its argument's last bit as well, which is |z| roundings.
      double relative = 2 * KernelBudget.EXPONENTIAL + Math.abs(z) * KernelBudget.ROUNDING;
      double limit =
          relative * Math.abs(expected)
              + KernelBudget.FLUSHED * Math.abs(up[i])
              + KernelBudget.underflow(1);
      assertThat(Math.abs(result[i] - expected))
          .as("silu(%s) * %s: %s, not %s", gate[i], up[i], result[i], expected)
          .isLessThanOrEqualTo(limit);
    }
    checkPlaces(kernel, gate, up, result);
  }

  /** Parts give the bits of the whole, wherever they are cut. */
  private static void checkPlaces(SwiGluKernel kernel, float[] gate, float[] up, float[] result) {
    int count = gate.length;
    for (int cut : new int[] {1, 3, 8, 21, count / 2, count - 1}) {
      if (cut > 0 && cut < count) {
        assertThat(swiGlu(kernel, Arrays.copyOf(gate, cut), Arrays.copyOf(up, cut)))
            .as("first %d of %d", cut, count)
            .isEqualTo(Arrays.copyOf(result, cut));
        assertThat(
                swiGlu(
                    kernel,
                    Arrays.copyOfRange(gate, cut, count),
                    Arrays.copyOfRange(up, cut, count)))
            .as("from %d of %d", cut, count)
            .isEqualTo(Arrays.copyOfRange(result, cut, count));
      }
    }
  }

  /** In every place of a vector and behind it: a tail must do as the body does. */
  private static void checkSwiGluExtremes(SwiGluKernel kernel) {
    float infinity = Float.POSITIVE_INFINITY;
    for (int place = 0; place < 37; place++) {
      float[] up = GuardedFloats.gaussian(42, 37, 2);
      float[] gate = new float[37];
      gate[place] = infinity;
      assertThat(swiGlu(kernel, gate, up)[place]).isEqualTo(infinity * up[place]);
      gate[place] = Float.NaN;
      float[] spoilt = swiGlu(kernel, gate, up);
      assertThat(spoilt[place]).isNaN();
      gate[place] = -infinity; // the limit is zero, the formula gives NaN
      float below = swiGlu(kernel, gate, up)[place];
      assertThat(below == 0 || Float.isNaN(below)).as("silu(-infinity): %s", below).isTrue();
      spoilt[place] = 0;
      for (float value : spoilt) {
        assertThat(Math.abs(value)).as("silu(0)").isZero();
      }
    }
  }

  static void checkAdd(AddKernel kernel) {
    for (int count : LENGTHS) {
      for (FormatInputs input : FormatInputs.values()) {
        float[] x = GuardedFloats.gaussian(51, count, 1);
        float[] y = input.row(count);
        y[count / 2] = Float.NaN;
        float[] expected = new float[count];
        for (int i = 0; i < count; i++) {
          expected[i] = x[i] + y[i];
        }
        GuardedFloats sum = GuardedFloats.of(x);
        GuardedFloats terms = GuardedFloats.of(y);
        kernel.add(sum.array, AT, terms.array, AT, count);
        assertThat(sum.checkedValues()).as("%d of %s", count, input).isEqualTo(expected);
        assertThat(terms.checkedValues()).isEqualTo(y);
      }
    }
  }
}
