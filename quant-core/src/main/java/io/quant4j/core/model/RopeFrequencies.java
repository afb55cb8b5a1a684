package io.quant4j.core.model;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.discovery.Extensions;
import java.util.Arrays;

/**
 * Frequencies of rotary position embedding (Su et al. 2021): pair i of {@code dims / 2} turns by
 * {@code base^(-2i/dims)} radians per token, divided by a factor that stretches the context.
 */
public final class RopeFrequencies {
  private RopeFrequencies() {}

  /**
   * Radians per token of every pair of a model.
   *
   * @param weights asked for the stored factors where the metadata says so
   * @return (ropeDimensions / 2)
   * @throws UnsupportedModelException if the kind of scaling is not implemented
   */
  public static float[] of(ModelMetadata metadata, WeightSource weights) {
    int pairs = metadata.ropeDimensions() / 2;
    float[] factors = new float[pairs];
    switch (metadata.ropeScaling()) {
      case RopeScaling.None() -> Arrays.fill(factors, 1f);
      case RopeScaling.Linear(float factor) -> Arrays.fill(factors, factor);
      case RopeScaling.Llama3 scaling ->
          factors = llama3Factors(scaling, metadata.ropeDimensions(), metadata.ropeBase());
      case RopeScaling.StoredFactors() -> factors = stored(weights, pairs);
      case RopeScaling.Other(String type) ->
          throw new UnsupportedModelException(
              ErrorLocation.subject(metadata.architecture()),
              "rotary frequencies are scaled by '" + type + "', which is not implemented",
              "Use a model without this kind of context extension.");
    }
    float[] frequencies = new float[pairs];
    for (int i = 0; i < pairs; i++) {
      frequencies[i] =
          (float) (frequency(i, metadata.ropeDimensions(), metadata.ropeBase()) / factors[i]);
    }
    return frequencies;
  }

  private static double frequency(int pair, int dims, float base) {
    return Math.pow(base, -2.0 * pair / dims);
  }

  /**
   * Divisors of the frequencies by Llama 3.1's rule: 1 for wavelengths below {@code original /
   * high}, {@code factor} for those above {@code original / low}, blended between.
   *
   * @param dims rotated elements of a head
   * @return (dims / 2)
   */
  public static float[] llama3Factors(RopeScaling.Llama3 scaling, int dims, float base) {
    float[] factors = new float[dims / 2];
    double low = scaling.lowFrequencyFactor();
    double high = scaling.highFrequencyFactor();
    double original = scaling.originalContext();
    for (int i = 0; i < factors.length; i++) {
      double wavelength = 2 * Math.PI / frequency(i, dims, base);
      double blend = (original / wavelength - low) / (high - low);
      if (wavelength < original / high) {
        factors[i] = 1;
      } else if (wavelength > original / low) {
        factors[i] = scaling.factor();
      } else {
        factors[i] = (float) (1 / ((1 - blend) / scaling.factor() + blend));
      }
    }
    return factors;
  }

  private static float[] stored(WeightSource weights, int pairs) {
    TensorView view = weights.require(TensorRole.weight(TensorRole.Kind.ROPE_FREQUENCIES));
    float[] factors = new float[pairs];
    Extensions.installed()
        .format(view.format(), ErrorLocation.subject("rope_freqs"))
        .decode(view.data(), 0, factors, 0, pairs);
    for (float factor : factors) {
      if (!(factor > 0) || !Float.isFinite(factor)) {
        throw new MalformedModelException(
            ErrorLocation.subject("rope_freqs"),
            "a stored rotary factor is " + factor,
            "The tensor is damaged; get the model again.");
      }
    }
    return factors;
  }
}
