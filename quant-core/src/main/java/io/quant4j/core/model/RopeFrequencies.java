package io.quant4j.core.model;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.discovery.Extensions;
import io.quant4j.core.model.layer.Rotary;
import java.util.Arrays;
import java.util.List;

/**
 * Frequencies of rotary position embedding (Su et al. 2021): pair i of {@code dims / 2} turns by
 * {@code base^(-2i/dims)} radians per token, divided by a factor that stretches the context.
 */
public final class RopeFrequencies {
  private RopeFrequencies() {}

  /**
   * The rotary embedding of a model.
   *
   * @param weights asked for stored factors where the metadata says so
   * @throws UnsupportedModelException if the kind of scaling is not implemented
   */
  public static Rotary of(ModelMetadata metadata, WeightSource weights) {
    int dims = metadata.ropeDimensions();
    float base = metadata.ropeBase();
    return switch (metadata.ropeScaling()) {
      case RopeScaling.None() -> Rotary.of(unscaled(dims, base), 1);
      case RopeScaling.Linear(float factor) -> {
        float[] factors = new float[dims / 2];
        Arrays.fill(factors, factor);
        yield Rotary.of(divided(dims, base, factors), 1);
      }
      case RopeScaling.Llama3 scaling ->
          Rotary.of(divided(dims, base, llama3Factors(scaling, dims, base)), 1);
      case RopeScaling.StoredFactors() ->
          Rotary.of(divided(dims, base, stored(weights, Kind.ROPE_FREQUENCIES, dims / 2)), 1);
      case RopeScaling.Yarn scaling ->
          Rotary.of(
              divided(dims, base, yarnFactors(scaling, dims, base)),
              (float) (0.1 * Math.log(scaling.factor()) + 1));
      case RopeScaling.LongRope(var longs, var shorts, int original, float magnitude) ->
          new Rotary(
              divided(dims, base, array(shorts)),
              divided(dims, base, array(longs)),
              original,
              magnitude);
      case RopeScaling.StoredLongRope(int original, float magnitude) ->
          new Rotary(
              divided(dims, base, stored(weights, Kind.ROPE_FACTORS_SHORT, dims / 2)),
              divided(dims, base, stored(weights, Kind.ROPE_FACTORS_LONG, dims / 2)),
              original,
              magnitude);
      case RopeScaling.Other(String type) ->
          throw new UnsupportedModelException(
              ErrorLocation.subject(metadata.architecture()),
              "rotary frequencies are scaled by '" + type + "', which is not implemented",
              "Use a model without this kind of context extension.");
    };
  }

  /** Radians per token of every pair as trained: (dims / 2). */
  public static float[] unscaled(int dims, float base) {
    float[] ones = new float[dims / 2];
    Arrays.fill(ones, 1f);
    return divided(dims, base, ones);
  }

  private static float[] divided(int dims, float base, float[] factors) {
    float[] frequencies = new float[dims / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) (frequency(i, dims, base) / factors[i]);
    }
    return frequencies;
  }

  private static float[] array(List<Float> factors) {
    float[] array = new float[factors.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = factors.get(i);
    }
    return array;
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

  /**
   * Divisors of the frequencies by YaRN: 1 for pairs that turn often within the original context,
   * {@code factor} for those that turn seldom, blended between.
   *
   * @param dims rotated elements of a head
   * @return (dims / 2)
   */
  static float[] yarnFactors(RopeScaling.Yarn scaling, int dims, float base) {
    double low = Math.floor(pairTurning(scaling.betaFast(), scaling, dims, base));
    double high = Math.ceil(pairTurning(scaling.betaSlow(), scaling, dims, base));
    low = Math.max(low, 0);
    high = Math.min(high, dims - 1);
    float[] factors = new float[dims / 2];
    for (int i = 0; i < factors.length; i++) {
      double blend = Math.clamp((i - low) / Math.max(0.001, high - low), 0, 1);
      factors[i] = (float) (1 / (blend / scaling.factor() + 1 - blend));
    }
    return factors;
  }

  /** The pair, as a real number, that turns so often within the original context. */
  private static double pairTurning(double turns, RopeScaling.Yarn scaling, int dims, float base) {
    return dims
        * Math.log(scaling.originalContext() / (turns * 2 * Math.PI))
        / (2 * Math.log(base));
  }

  private static float[] stored(WeightSource weights, Kind kind, int pairs) {
    TensorView view = weights.require(TensorRole.weight(kind));
    float[] factors = new float[pairs];
    Extensions.installed()
        .format(view.format(), ErrorLocation.subject(kind.name()))
        .decode(view.data(), 0, factors, 0, pairs);
    for (float factor : factors) {
      if (!(factor > 0) || !Float.isFinite(factor)) {
        throw new MalformedModelException(
            ErrorLocation.subject(kind.name()),
            "a stored rotary factor is " + factor,
            "The tensor is damaged; get the model again.");
      }
    }
    return factors;
  }
}
