package io.quant4j.core.checkpoint;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.core.checkpoint.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rotary part of {@code config.json}. Older files state {@code rope_theta} beside a {@code
 * rope_scaling} object; newer ones put both in {@code rope_parameters}.
 */
final class RopeConfig {
  private static final String THETA = "rope_theta";
  private static final String FACTOR = "factor";

  /** Base of the frequencies where a file states none, as in Llama 2's own. */
  private static final double DEFAULT_THETA = 10_000;

  private final JsonObject config;
  private final Optional<JsonObject> parameters;

  /**
   * @param config the whole {@code config.json}
   */
  RopeConfig(JsonObject config) {
    this.config = config;
    Optional<JsonObject> newer = config.object("rope_parameters");
    this.parameters = newer.isPresent() ? newer : config.object("rope_scaling");
  }

  /** Fills in base, scaling and the number of rotated elements of a head. */
  void apply(ModelMetadata.Builder builder, int headDim) {
    RopeScaling scaling = scaling();
    builder.ropeBase(base()).ropeScaling(scaling).ropeDimensions(dimensions(headDim));
    if (scaling instanceof RopeScaling.Other) {
      builder.extra(facts());
    }
  }

  /**
   * Parameters of a scaling without neutral words: those that are no arrays or objects, by their
   * path in the file.
   */
  private Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    JsonObject scaling = parameters.orElse(config);
    for (String key : scaling.keys()) {
      scaling
          .value(key)
          .filter(value -> !(value instanceof List<?> || value instanceof JsonObject))
          .ifPresent(value -> facts.put("rope_scaling." + key, value));
    }
    return facts;
  }

  private float base() {
    JsonObject holder = parameters.filter(p -> p.has(THETA)).orElse(config);
    double base = holder.number(THETA).orElse(DEFAULT_THETA);
    if (!(base > 0 && base <= Float.MAX_VALUE)) {
      throw holder.malformed(THETA, "is " + base + ", expected a positive number");
    }
    return (float) base;
  }

  private int dimensions(int headDim) {
    String key = "partial_rotary_factor";
    JsonObject holder = parameters.filter(p -> p.has(key)).orElse(config);
    double factor = holder.number(key).orElse(1);
    if (!(factor > 0 && factor <= 1)) {
      throw holder.malformed(key, "is " + factor + ", expected a number above 0 and at most 1");
    }
    int dimensions = (int) (headDim * factor);
    if (dimensions < 2 || dimensions % 2 != 0) {
      throw holder.has(key)
          ? holder.malformed(
              key, "rotates " + dimensions + " elements of a head, not an even number")
          : config.malformed("head_dim", "is " + headDim + ", which is odd and cannot be rotated");
    }
    return dimensions;
  }

  private RopeScaling scaling() {
    if (parameters.isEmpty()) {
      return new RopeScaling.None();
    }
    JsonObject scaling = parameters.get();
    String type = scaling.text("rope_type").or(() -> scaling.text("type")).orElse("default");
    return switch (type) {
      case "default", "none" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(factor(scaling, FACTOR));
      case "llama3" -> llama3(scaling);
      default -> new RopeScaling.Other(type);
    };
  }

  private static RopeScaling llama3(JsonObject scaling) {
    float low = factor(scaling, "low_freq_factor");
    float high = factor(scaling, "high_freq_factor");
    if (low >= high) {
      throw scaling.malformed("low_freq_factor", "is not below high_freq_factor");
    }
    return new RopeScaling.Llama3(
        factor(scaling, FACTOR),
        low,
        high,
        scaling.requireInteger("original_max_position_embeddings", 1, Integer.MAX_VALUE));
  }

  private static float factor(JsonObject scaling, String key) {
    double factor = scaling.number(key).orElseThrow(() -> scaling.absent(key));
    if (!(factor > 0 && factor <= Float.MAX_VALUE)) {
      throw scaling.malformed(key, "is " + factor + ", expected a positive number");
    }
    return (float) factor;
  }
}
