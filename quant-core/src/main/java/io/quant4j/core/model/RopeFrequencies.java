package io.quant4j.core.model;

import io.quant4j.api.model.RopeScaling;
import java.util.Arrays;

/**
 * Divisors of the rotary frequencies. Pair i of a head turns by {@code position * base^(-2i / dimensions) / factor(i)}.
 *
 * <p>The Llama 3 rule is that of Meta's reference code: frequencies whose wavelength is far below the context of
 * pre-training stay, those far above are divided by the factor, those between are blended linearly by how often they turn
 * within that context.
 */
public final class RopeFrequencies {
  private RopeFrequencies() {}

  /**
   * The divisor of each pair.
   *
   * @param scaling how the frequencies are stretched, with parameters
   * @param dimensions rotated elements of a head; even
   * @param base base of the frequencies
   * @return {@code dimensions / 2} divisors, computed in double precision and rounded once
   * @throws IllegalArgumentException for {@link RopeScaling.StoredFactors}, whose divisors are a tensor of the checkpoint
   */
  public static float[] factors(RopeScaling scaling, int dimensions, float base) {
    float[] factors = new float[dimensions / 2];
    switch (scaling) {
      case RopeScaling.None() -> Arrays.fill(factors, 1f);
      case RopeScaling.Linear(float factor) -> Arrays.fill(factors, factor);
      case RopeScaling.Llama3 llama3 -> {
        for (int i = 0; i < factors.length; i++) {
          factors[i] = (float) factor(llama3, Math.pow(base, -2.0 * i / dimensions));
        }
      }
      case RopeScaling.StoredFactors() ->
          throw new IllegalArgumentException("stored factors are read, not computed");
    }
    return factors;
  }

  /**
   * @param frequency radians per position
   */
  private static double factor(RopeScaling.Llama3 scaling, double frequency) {
    double turns = scaling.originalContext() * frequency / (2 * Math.PI);
    if (turns > scaling.highFrequencyFactor()) {
      return 1;
    }
    if (turns < scaling.lowFrequencyFactor()) {
      return scaling.factor();
    }
    double kept =
        (turns - scaling.lowFrequencyFactor())
            / (scaling.highFrequencyFactor() - scaling.lowFrequencyFactor());
    return 1 / ((1 - kept) / scaling.factor() + kept);
  }
}
