package io.quant4j.cli;

import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.SpecialTokens;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.Checkpoint;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeSet;

/** What a checkpoint says about itself, as named values in a fixed order. */
final class CheckpointFacts {
  private CheckpointFacts() {}

  /** Hyper-parameters. */
  static Json.Members model(ModelMetadata metadata) {
    return Json.object()
        .with("architecture", metadata.architecture())
        .withPresent("name", metadata.name())
        .with("vocabulary_size", metadata.vocabularySize())
        .with("context_length", metadata.contextLength())
        .with("embedding_length", metadata.embeddingLength())
        .with("layer_count", metadata.layerCount())
        .with("feed_forward_length", metadata.feedForwardLength())
        .with("head_count", metadata.headCount())
        .with("kv_head_count", metadata.kvHeadCount())
        .with("head_dim", metadata.headDim())
        .with("rope_dimensions", metadata.ropeDimensions())
        .with("rope_base", metadata.ropeBase())
        .with("rope_scaling", metadata.ropeScaling().toString().replace("[]", ""))
        .with("rotary_layout", metadata.rotaryLayout().name().toLowerCase(Locale.ROOT))
        .with("rms_norm_epsilon", metadata.rmsNormEpsilon())
        .with("expert_count", metadata.expertCount())
        .with("expert_used_count", metadata.expertUsedCount());
  }

  /** How text becomes tokens, without the vocabulary itself. */
  static Json.Members tokenizer(TokenizerSpec spec) {
    SpecialTokens special = spec.special();
    return Json.object()
        .with("algorithm", spec.algorithm())
        .with("entries", spec.vocabulary().size())
        .with("merges", spec.merges().size())
        .withPresent("pre_tokenizer", spec.preTokenizer())
        .withPresent("bos", boxed(special.bos()))
        .withPresent("eos", boxed(special.eos()))
        .withPresent("unknown", boxed(special.unknown()))
        .withPresent("padding", boxed(special.padding()))
        .with("end_of_generation", new TreeSet<>(special.endOfGeneration()))
        .with("add_bos", spec.addBos())
        .with("add_eos", spec.addEos())
        .with("add_space_prefix", spec.addSpacePrefix())
        .withPresent("chat_template", spec.chatTemplate());
  }

  /** Recommended sampling values. */
  static Json.Members sampling(GenerationDefaults defaults) {
    return Json.object()
        .with("sample", defaults.sample())
        .withPresent("temperature", boxed(defaults.temperature()))
        .withPresent("top_k", boxed(defaults.topK()))
        .withPresent("top_p", boxed(defaults.topP()))
        .withPresent("min_p", boxed(defaults.minP()))
        .withPresent("repeat_penalty", boxed(defaults.repeatPenalty()));
  }

  /** Facts that only the container's own words can say. */
  static Json.Members other(Checkpoint checkpoint) {
    Json.Members other = Json.object();
    checkpoint
        .metadata()
        .extra()
        .forEach((key, value) -> {
          // In parentheses stands what a reader notes for its writer; no file has such a key.
          if (!key.startsWith("(")) {
            other.with(key, value);
          }
        });
    checkpoint.tokenizer().map(TokenizerSpec::extra).orElse(Map.of()).forEach(other::with);
    return other;
  }

  private static Optional<Integer> boxed(OptionalInt value) {
    return value.isPresent() ? Optional.of(value.getAsInt()) : Optional.empty();
  }

  private static Optional<Double> boxed(OptionalDouble value) {
    return value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty();
  }
}
