package io.quant4j.api.model;

import java.util.List;

/** How rotary frequencies are stretched to contexts longer than those of pre-training. */
public sealed interface RopeScaling {

  /** Frequencies as trained. */
  record None() implements RopeScaling {}

  /**
   * Every position divided by {@code factor}.
   *
   * @param factor at least 1
   */
  record Linear(float factor) implements RopeScaling {}

  /**
   * Llama 3.1: long wavelengths divided by {@code factor}, short ones left, those between blended.
   *
   * @param factor divisor of the lowest frequencies
   * @param lowFrequencyFactor wavelengths above {@code originalContext / lowFrequencyFactor} are
   *     divided
   * @param highFrequencyFactor wavelengths below {@code originalContext / highFrequencyFactor} are
   *     left alone
   * @param originalContext context of pre-training, in tokens
   */
  record Llama3(
      float factor, float lowFrequencyFactor, float highFrequencyFactor, int originalContext)
      implements RopeScaling {}

  /** The divisors are stored as a tensor of role {@link TensorRole.Kind#ROPE_FREQUENCIES}. */
  record StoredFactors() implements RopeScaling {}

  /**
   * YaRN (Peng et al. 2023): long wavelengths divided by {@code factor}, short ones left, those
   * between blended; cosines and sines times {@code 0.1 ln(factor) + 1}.
   *
   * @param factor at least 1
   * @param originalContext context of pre-training, in tokens
   * @param betaFast pairs that turn more often than this within the original context are left alone
   * @param betaSlow pairs that turn less often than this are divided
   */
  record Yarn(float factor, int originalContext, float betaFast, float betaSlow)
      implements RopeScaling {}

  /**
   * LongRoPE (Ding et al. 2024): a divisor for every frequency, one set within the original context
   * and one beyond.
   *
   * @param longFactors (ropeDimensions / 2)
   * @param shortFactors (ropeDimensions / 2)
   * @param originalContext context of pre-training, in tokens
   * @param magnitude factor of cosines and sines
   */
  record LongRope(
      List<Float> longFactors, List<Float> shortFactors, int originalContext, float magnitude)
      implements RopeScaling {

    public LongRope {
      longFactors = List.copyOf(longFactors);
      shortFactors = List.copyOf(shortFactors);
    }
  }

  /**
   * {@link LongRope} with the divisors in tensors of roles {@link
   * TensorRole.Kind#ROPE_FACTORS_LONG} and {@link TensorRole.Kind#ROPE_FACTORS_SHORT}.
   *
   * @param originalContext context of pre-training, in tokens
   * @param magnitude factor of cosines and sines
   */
  record StoredLongRope(int originalContext, float magnitude) implements RopeScaling {}

  /**
   * A way of stretching that has no neutral words here, so that such a model can be inspected and
   * rewritten; an engine refuses it. Its parameters are in {@link ModelMetadata#extra()}.
   *
   * @param type the container's name for it, such as {@code yarn}
   */
  record Other(String type) implements RopeScaling {}
}
