package io.quant4j.core.checkpoint;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.core.checkpoint.json.JsonCursor;
import io.quant4j.core.checkpoint.json.JsonObject;
import io.quant4j.core.checkpoint.tokenizer.TokenizerHints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * {@code config.json}: hyper-parameters under the names of Hugging Face's configuration classes. A
 * key that is null counts as absent.
 */
final class ModelConfig {
  static final String MODEL_TYPE = "model_type";

  private static final int MAX_BYTES = 1 << 22;

  /**
   * Upper bounds of sizes, far above any model, so that no product of them overflows and no list
   * grows without end.
   */
  private static final int MAX_LAYERS = 1024;

  private static final int MAX_HEADS = 1 << 16;
  private static final int MAX_WIDTH = 1 << 24;

  private final String modelType;
  private final JsonObject json;

  private ModelConfig(String modelType, JsonObject json) {
    this.modelType = modelType;
    this.json = json;
  }

  /**
   * Reads a {@code config.json}.
   *
   * @throws UnsupportedModelException if the checkpoint is quantized
   */
  static ModelConfig read(Path file) {
    JsonObject json = JsonCursor.readObject(file, MAX_BYTES);
    for (String key : List.of("quantization_config", "compression_config")) {
      if (json.has(key)) {
        String method =
            json.object(key).flatMap(q -> q.text("quant_method")).orElse("of an unnamed method");
        throw new UnsupportedModelException(
            json.location(key),
            "the checkpoint is quantized (" + method + "); such checkpoints are not read yet",
            "Use the unquantized checkpoint that it was made from.");
      }
    }
    // The language part of a model that also sees has a configuration of its own.
    JsonObject text = json.object("text_config").orElse(json);
    return new ModelConfig(json.requireText(MODEL_TYPE), text);
  }

  /** Hugging Face's name of the family. */
  String modelType() {
    return modelType;
  }

  /** The same with the defaults of its family. */
  ModelConfig of(ModelArchitecture architecture) {
    return new ModelConfig(modelType, json.withDefaults(architecture.huggingFaceDefaults()));
  }

  ErrorLocation location(String key) {
    return json.location(key);
  }

  /** Rows of the embedding, and so the number of tokens. */
  private int vocabularySize() {
    return json.requireInteger("vocab_size", 1, TokenizerHints.MAX_VOCABULARY);
  }

  /**
   * What the configuration says about tokens.
   *
   * @param generationEos ids at which {@code generation_config.json} stops, which count before this
   *     file's
   */
  TokenizerHints tokenizerHints(List<Integer> generationEos) {
    List<Integer> ends = new ArrayList<>(generationEos);
    ends.addAll(json.integers("eos_token_id"));
    return new TokenizerHints(
        OptionalInt.of(vocabularySize()),
        json.integers("bos_token_id").stream().mapToInt(Integer::intValue).findFirst(),
        List.copyOf(ends));
  }

  /**
   * The hyper-parameters.
   *
   * @param architecture that of the {@link #modelType()}
   * @param directoryName the model's name if the file states none
   * @throws io.quant4j.api.error.MalformedModelException if keys are missing or contradict each
   *     other
   * @throws UnsupportedModelException if the model computes something that is not implemented
   */
  ModelMetadata metadata(ModelArchitecture architecture, String directoryName) {
    requireActivation(architecture.huggingFaceActivations());
    int heads = json.requireInteger("num_attention_heads", 1, MAX_HEADS);
    int headDim = headDim(heads);
    ModelMetadata.Builder builder =
        ModelMetadata.builder(architecture.name())
            .vocabularySize(vocabularySize())
            .contextLength(contextLength())
            .embeddingLength(json.requireInteger("hidden_size", 1, MAX_WIDTH))
            .layerCount(json.requireInteger("num_hidden_layers", 1, MAX_LAYERS))
            .feedForwardLength(json.requireInteger("intermediate_size", 1, MAX_WIDTH))
            .headCount(heads)
            .kvHeadCount(kvHeads(heads))
            .headDim(headDim)
            .rmsNormEpsilon(epsilon())
            .expertCount(experts("num_local_experts") + experts("num_experts"))
            .expertUsedCount(experts("num_experts_per_tok"))
            .rotaryLayout(RotaryLayout.HALF_SPLIT);
    new RopeConfig(json).apply(builder, headDim);
    architecture.configure(new ConfigValues(modelType, json), builder);
    String name = name(directoryName);
    return (name.isEmpty() ? builder : builder.name(name)).build();
  }

  private void requireActivation(Set<String> known) {
    String key = json.has("hidden_activation") ? "hidden_activation" : "hidden_act";
    String activation = json.text(key).orElseGet(() -> known.iterator().next());
    if (!known.contains(activation)) {
      throw new UnsupportedModelException(
          json.location(key),
          "the feed-forward part uses '" + activation + "', not " + String.join(" or ", known),
          "Only that is known for models of type " + modelType + ".");
    }
  }

  /** A number of experts; different families use different keys. */
  private int experts(String key) {
    return json.has(key) ? json.requireInteger(key, 0, MAX_HEADS) : 0;
  }

  private int kvHeads(int heads) {
    if (!json.has("num_key_value_heads")) {
      return heads;
    }
    int kvHeads = json.requireInteger("num_key_value_heads", 1, MAX_HEADS);
    if (heads % kvHeads != 0) {
      throw json.malformed(
          "num_key_value_heads",
          "is %d, which does not divide the %d of num_attention_heads".formatted(kvHeads, heads));
    }
    return kvHeads;
  }

  private int headDim(int heads) {
    if (json.has("head_dim")) {
      return json.requireInteger("head_dim", 1, MAX_WIDTH);
    }
    int width = json.requireInteger("hidden_size", 1, MAX_WIDTH);
    if (width % heads != 0) {
      throw json.malformed(
          "hidden_size",
          "is %d, no multiple of the %d of num_attention_heads, and there is no head_dim"
              .formatted(width, heads));
    }
    return width / heads;
  }

  /**
   * The longest context. Attention to a sliding window is the same as attention to everything as
   * long as the text fits in the window, so the window bounds the context.
   */
  private int contextLength() {
    int positions = json.requireInteger("max_position_embeddings", 1, Integer.MAX_VALUE);
    boolean slides = json.has("sliding_window") && json.flag("use_sliding_window").orElse(true);
    return slides
        ? Math.min(positions, json.requireInteger("sliding_window", 1, Integer.MAX_VALUE))
        : positions;
  }

  private float epsilon() {
    String key = "rms_norm_eps";
    float epsilon = (float) json.number(key).orElseThrow(() -> json.absent(key));
    if (!(epsilon >= 0 && epsilon < 1)) {
      throw json.malformed(key, "is " + epsilon + ", expected a small positive number");
    }
    return epsilon;
  }

  /**
   * The last part of {@code _name_or_path}: the rest is an owner or a folder of whoever saved the
   * model.
   */
  private String name(String directoryName) {
    String stated = json.text("_name_or_path").orElse("").strip();
    String last = stated.substring(stated.lastIndexOf('/') + 1);
    return last.isEmpty() ? directoryName : last;
  }

  /**
   * Checks that a model which says that its output is not the embedding has an output of its own.
   *
   * @throws io.quant4j.api.error.MalformedModelException if it has not
   */
  void checkTying(Collection<StoredTensor> tensors) {
    String key = "tie_word_embeddings";
    boolean output =
        tensors.stream()
            .flatMap(tensor -> tensor.role().stream())
            .anyMatch(role -> role.kind() == TensorRole.Kind.OUTPUT);
    if (!output && !json.flag(key).orElse(true)) {
      throw json.malformed(key, "is false, but there is no tensor for the output");
    }
  }
}
