package io.quant4j.gguf.mapping;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.gguf.file.GgufValue;
import java.util.Set;

/**
 * How rotary frequencies are stretched, from keys and to keys (upstream: {@code load_hparams} in
 * llama-model.cpp and the constructor of {@code llama_context}).
 */
final class RopeKeys {
  private static final String LINEAR = "linear";
  private static final String YARN = "yarn";
  private static final String LONG_ROPE = "longrope";

  /** Reads the stored divisors of long contexts whatever the type of scaling says. */
  private static final String PHI_3 = "phi3";

  private final KeyReader in;
  private final ModelKeys keys;
  private final Set<Kind> stored;

  private RopeKeys(KeyReader in, ModelKeys keys, Set<Kind> stored) {
    this.in = in;
    this.keys = keys;
    this.stored = stored;
  }

  /**
   * Reads the scaling.
   *
   * @param stored kinds of tensors outside the layers that the file has
   */
  static RopeScaling read(KeyReader in, ModelKeys keys, Set<Kind> stored) {
    return new RopeKeys(in, keys, stored).read();
  }

  private RopeScaling read() {
    String type = in.text(keys.ropeScalingType()).orElse(LINEAR);
    float factor = factor();
    boolean stretched = type.equals(LINEAR) && factor != 1;
    boolean plain = !stretched && (type.equals("none") || type.equals(LINEAR));
    boolean twoSets =
        stored.contains(Kind.ROPE_FACTORS_LONG) && stored.contains(Kind.ROPE_FACTORS_SHORT);
    if (twoSets && (type.equals(LONG_ROPE) || (plain && keys.architecture().equals(PHI_3)))) {
      return new RopeScaling.StoredLongRope(originalContext(), magnitude());
    }
    if (stored.contains(Kind.ROPE_FREQUENCIES)) {
      return plain
          ? new RopeScaling.StoredFactors()
          : new RopeScaling.Other(type + " with stored factors");
    }
    if (plain) {
      return magnitude() == 1 ? new RopeScaling.None() : new RopeScaling.Other("attention factor");
    }
    return switch (type) {
      case LINEAR -> linear(factor);
      case YARN -> yarn(factor);
      default -> new RopeScaling.Other(type);
    };
  }

  private float factor() {
    return in.real(keys.ropeScalingFactor())
        .or(() -> in.real(keys.ropeScaleLinear()))
        .filter(value -> value != 0)
        .orElse(1f);
  }

  private float magnitude() {
    return in.real(keys.ropeMagnitude()).orElse(1f);
  }

  private int originalContext() {
    return in.integer(keys.ropeOriginalContext(), 1, Integer.MAX_VALUE)
        .orElseGet(() -> in.required(keys.contextLength(), 1, Integer.MAX_VALUE));
  }

  private RopeScaling linear(float factor) {
    if (factor < 1) {
      throw in.malformed(keys.ropeScalingFactor(), factor + " is below 1");
    }
    return new RopeScaling.Linear(factor);
  }

  private RopeScaling yarn(float factor) {
    boolean usual =
        magnitude() == 1
            && factor >= 1
            && in.real(keys.yarnExtrapolation()).orElse(1f) == 1
            && in.real(keys.yarnLogMultiplier()).orElse(0f) == 0;
    return usual
        ? new RopeScaling.Yarn(
            factor,
            originalContext(),
            in.real(keys.yarnBetaFast()).orElse(32f),
            in.real(keys.yarnBetaSlow()).orElse(1f))
        : new RopeScaling.Other(YARN);
  }

  /** Adds the keys. */
  static void put(ModelMetadata model, ModelKeys keys, KeyList out) {
    switch (model.ropeScaling()) {
      case RopeScaling.Linear(float factor) -> {
        out.put(keys.ropeScalingType(), GgufValue.text(LINEAR), true);
        out.put(keys.ropeScalingFactor(), GgufValue.float32(factor));
      }
      case RopeScaling.Yarn(float factor, int original, float betaFast, float betaSlow) -> {
        out.put(keys.ropeScalingType(), GgufValue.text(YARN));
        out.put(keys.ropeScalingFactor(), GgufValue.float32(factor), factor == 1);
        putOriginal(original, model, keys, out);
        out.put(keys.yarnBetaFast(), GgufValue.float32(betaFast), betaFast == 32);
        out.put(keys.yarnBetaSlow(), GgufValue.float32(betaSlow), betaSlow == 1);
      }
      case RopeScaling.StoredLongRope(int original, float magnitude) -> {
        boolean phi3 = model.architecture().equals(PHI_3);
        out.put(keys.ropeScalingType(), GgufValue.text(LONG_ROPE), phi3);
        putOriginal(original, model, keys, out);
        out.put(keys.ropeMagnitude(), GgufValue.float32(magnitude), magnitude == 1);
      }
      default -> {}
    }
  }

  private static void putOriginal(int original, ModelMetadata model, ModelKeys keys, KeyList out) {
    boolean usual = original == model.contextLength();
    out.put(keys.ropeOriginalContext(), GgufValue.uint32(original), usual);
  }
}
