package io.quant4j.gguf.mapping;

import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.gguf.file.GgufValue;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Recommended sampling values: {@code general.sampling.*}. A temperature of 0 stands for greedy
 * generation.
 */
final class GenerationKeys {
  private static final String PREFIX = "general.sampling.";
  private static final String TEMPERATURE = PREFIX + "temp";
  private static final String TOP_K = PREFIX + "top_k";
  private static final String TOP_P = PREFIX + "top_p";
  private static final String MIN_P = PREFIX + "min_p";
  private static final String REPEAT_PENALTY = PREFIX + "penalty_repeat";

  private GenerationKeys() {}

  static GenerationDefaults read(KeyReader in) {
    Optional<Float> temperature = in.real(TEMPERATURE);
    boolean greedy = temperature.filter(t -> t <= 0).isPresent();
    return new GenerationDefaults(
        !greedy,
        greedy ? OptionalDouble.empty() : optional(temperature),
        topK(in),
        probability(in, TOP_P),
        probability(in, MIN_P),
        optional(in.real(REPEAT_PENALTY)));
  }

  /** Tools write 0 and below for "no limit". */
  private static OptionalInt topK(KeyReader in) {
    OptionalInt topK = in.integer(TOP_K, Integer.MIN_VALUE, Integer.MAX_VALUE);
    return topK.isPresent() && topK.getAsInt() > 0 ? topK : OptionalInt.empty();
  }

  private static OptionalDouble probability(KeyReader in, String key) {
    Optional<Float> value = in.real(key);
    if (value.isPresent() && (value.get() < 0 || value.get() > 1)) {
      throw in.malformed(key, value.get() + " is not between 0 and 1");
    }
    return optional(value);
  }

  /** A stored 0.7 is meant as 0.7, not as the nearest float's many digits. */
  private static OptionalDouble optional(Optional<Float> value) {
    return value
        .map(v -> OptionalDouble.of(Double.parseDouble(v.toString())))
        .orElse(OptionalDouble.empty());
  }

  static void put(GenerationDefaults defaults, KeyList out) {
    if (defaults.sample()) {
      putReal(TEMPERATURE, defaults.temperature(), out);
    } else {
      out.put(TEMPERATURE, GgufValue.float32(0));
    }
    defaults.topK().ifPresent(value -> out.put(TOP_K, GgufValue.int32(value)));
    putReal(TOP_P, defaults.topP(), out);
    putReal(MIN_P, defaults.minP(), out);
    putReal(REPEAT_PENALTY, defaults.repeatPenalty(), out);
  }

  private static void putReal(String key, OptionalDouble value, KeyList out) {
    value.ifPresent(v -> out.put(key, GgufValue.float32((float) v)));
  }
}
