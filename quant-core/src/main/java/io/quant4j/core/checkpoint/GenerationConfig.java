package io.quant4j.core.checkpoint;

import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.core.checkpoint.json.JsonCursor;
import io.quant4j.core.checkpoint.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * {@code generation_config.json}: how the model's maker samples. Where {@code do_sample} is not
 * stated, sampling is taken to be meant.
 *
 * @param defaults recommended values
 * @param eos ids at which generation stops
 */
record GenerationConfig(GenerationDefaults defaults, List<Integer> eos) {
  private static final int MAX_BYTES = 1 << 20;

  /** Reads the file of a directory, if there is one. */
  static GenerationConfig read(Path directory) {
    Path file = directory.resolve("generation_config.json");
    if (!Files.isRegularFile(file)) {
      return new GenerationConfig(GenerationDefaults.none(), List.of());
    }
    JsonObject json = JsonCursor.readObject(file, MAX_BYTES);
    GenerationDefaults defaults =
        new GenerationDefaults(
            json.flag("do_sample").orElse(true),
            between(json, "temperature", 0, Float.MAX_VALUE),
            topK(json),
            between(json, "top_p", Float.MIN_VALUE, 1),
            between(json, "min_p", 0, 1),
            between(json, "repetition_penalty", Float.MIN_VALUE, Float.MAX_VALUE));
    return new GenerationConfig(defaults, json.integers("eos_token_id"));
  }

  /** Some servers write -1 for "all", which is 0 here. */
  private static OptionalInt topK(JsonObject json) {
    OptionalInt topK = json.integer("top_k");
    return topK.isPresent() ? OptionalInt.of(Math.max(0, topK.getAsInt())) : topK;
  }

  private static OptionalDouble between(JsonObject json, String key, double min, double max) {
    OptionalDouble value = json.number(key);
    if (value.isPresent() && !(value.getAsDouble() >= min && value.getAsDouble() <= max)) {
      throw json.malformed(key, "is %s, outside %s to %s".formatted(value.getAsDouble(), min, max));
    }
    return value;
  }
}
