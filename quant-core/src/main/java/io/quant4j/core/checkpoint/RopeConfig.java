package io.quant4j.core.checkpoint;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.core.checkpoint.json.JsonObject;
import java.util.ArrayList;
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

  /** Variations of YaRN that are not implemented. */
  private static final List<String> UNUSUAL =
      List.of("mscale", "mscale_all_dim", "extrapolation_factor", "attn_factor");

  private final JsonObject config;
  private final Optional<JsonObject> parameters;

  /**
   * @param config the whole {@code config.json}
   */
  RopeConfig(JsonObject config) {
    this.config = config;
    Optional<JsonObject> newer = config.object("rope_parameters");
    // Where some layers have a window, those without it come first in every respect.
    Optional<JsonObject> full = newer.flatMap(parameters -> parameters.object("full_attention"));
    this.parameters = full.or(() -> newer).or(() -> config.object("rope_scaling"));
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
      case "yarn" -> yarn(scaling);
      case "longrope", "su" -> longRope(scaling);
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

  /** YaRN as published; with other extras it is one of those that have no neutral words. */
  private RopeScaling yarn(JsonObject scaling) {
    float factor = factor(scaling, FACTOR);
    double usual = 0.1 * Math.log(factor) + 1;
    boolean published =
        factor >= 1
            && Math.abs(scaling.number("attention_factor").orElse(usual) - usual) < 1e-6
            && UNUSUAL.stream().noneMatch(scaling::has)
            && scaling.flag("truncate").orElse(true);
    return published
        ? new RopeScaling.Yarn(
            factor,
            originalContext(scaling),
            (float) scaling.number("beta_fast").orElse(32),
            (float) scaling.number("beta_slow").orElse(1))
        : new RopeScaling.Other("yarn");
  }

  private RopeScaling longRope(JsonObject scaling) {
    if (scaling.has("short_mscale") || scaling.has("long_mscale")) {
      return new RopeScaling.Other("longrope");
    }
    int original = originalContext(scaling);
    int context = config.requireInteger("max_position_embeddings", 1, Integer.MAX_VALUE);
    double stretch = (double) context / original;
    double usual = stretch <= 1 ? 1 : Math.sqrt(1 + Math.log(stretch) / Math.log(original));
    return new RopeScaling.LongRope(
        factors(scaling, "long_factor"),
        factors(scaling, "short_factor"),
        original,
        (float) scaling.number("attention_factor").orElse(usual));
  }

  private static List<Float> factors(JsonObject scaling, String key) {
    List<Float> factors = new ArrayList<>();
    for (double factor : scaling.numbers(key)) {
      if (!(factor > 0 && factor <= Float.MAX_VALUE)) {
        throw scaling.malformed(key, "holds " + factor + ", expected positive numbers");
      }
      factors.add((float) factor);
    }
    return factors;
  }

  private int originalContext(JsonObject scaling) {
    String key = "original_max_position_embeddings";
    for (JsonObject holder : List.of(scaling, config)) {
      if (holder.has(key)) {
        return holder.requireInteger(key, 1, Integer.MAX_VALUE);
      }
    }
    return config.requireInteger("max_position_embeddings", 1, Integer.MAX_VALUE);
  }

  private static float factor(JsonObject scaling, String key) {
    double factor = scaling.number(key).orElseThrow(() -> scaling.absent(key));
    if (!(factor > 0 && factor <= Float.MAX_VALUE)) {
      throw scaling.malformed(key, "is " + factor + ", expected a positive number");
    }
    return (float) factor;
  }
}
