package io.quant4j.api.model;

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
   * A way of stretching that has no neutral words here, so that such a model can be inspected and
   * rewritten; an engine refuses it. Its parameters are in {@link ModelMetadata#extra()}.
   *
   * @param type the container's name for it, such as {@code yarn}
   */
  record Other(String type) implements RopeScaling {}
}
