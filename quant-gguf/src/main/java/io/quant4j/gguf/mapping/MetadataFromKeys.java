package io.quant4j.gguf.mapping;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.Shape;
import io.quant4j.gguf.file.GgufTensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Hyper-parameters from metadata keys, checked for type, range and agreement. */
final class MetadataFromKeys {
  private static final int MAX_LAYERS = 512;
  private static final int MAX_EXPERTS = 1024;
  private static final int MAX_HEADS = 1 << 16;
  private static final int MAX_WIDTH = 1 << 28;

  /** Rows that any known vocabulary fits into by far. */
  private static final int MAX_VOCABULARY = 1 << 28;

  /** Architectures whose experts have a width of their own, not that of a dense layer. */
  static final Set<String> SPLIT_EXPERTS = Set.of("qwen2moe", "qwen3moe");

  private static final String SHARED_EXPERT = "qwen2moe";

  private final KeyReader in;
  private final ModelKeys keys;
  private final List<GgufTensor> tensors;
  private final OptionalInt tokens;

  private MetadataFromKeys(
      KeyReader in, ModelKeys keys, List<GgufTensor> tensors, OptionalInt tokens) {
    this.in = in;
    this.keys = keys;
    this.tensors = tensors;
    this.tokens = tokens;
  }

  /**
   * Reads hyper-parameters; {@link ModelMetadata#extra()} stays empty.
   *
   * @param tensors the whole directory
   * @param tokens size of the tokenizer's vocabulary, if there is one
   */
  static ModelMetadata read(KeyReader in, List<GgufTensor> tensors, OptionalInt tokens) {
    in.text(ModelKeys.TYPE)
        .filter(type -> !type.equals(ModelKeys.MODEL_TYPE))
        .ifPresent(type -> {
          throw in.unsupported(ModelKeys.TYPE, "the file holds no model but: " + type);
        });
    String architecture =
        in.text(ModelKeys.ARCHITECTURE)
            .filter(name -> !name.isEmpty())
            .orElseThrow(() -> in.malformed(ModelKeys.ARCHITECTURE, "the key is missing or empty"));
    return new MetadataFromKeys(in, new ModelKeys(architecture), tensors, tokens).read();
  }

  private ModelMetadata read() {
    String architecture = keys.architecture();
    ModelMetadata.Builder builder =
        ModelMetadata.builder(architecture)
            .vocabularySize(vocabularySize())
            .contextLength(in.required(keys.contextLength(), 1, Integer.MAX_VALUE))
            .embeddingLength(in.required(keys.embeddingLength(), 1, MAX_WIDTH))
            .layerCount(in.required(keys.blockCount(), 1, MAX_LAYERS))
            .feedForwardLength(in.integer(keys.feedForwardLength(), 0, MAX_WIDTH).orElse(0))
            .ropeScaling(RopeKeys.read(in, keys, storedRopeFactors()))
            .rotaryLayout(RotaryLayouts.of(architecture).orElse(RotaryLayout.INTERLEAVED));
    in.text(ModelKeys.NAME).ifPresent(builder::name);
    in.real(keys.ropeBase()).ifPresent(base -> builder.ropeBase(positive(keys.ropeBase(), base)));
    in.real(keys.rmsNormEpsilon())
        .ifPresent(value -> builder.rmsNormEpsilon(positive(keys.rmsNormEpsilon(), value)));
    readHeads(builder);
    readExperts(builder);
    AttentionKeys.read(in, keys, builder);
    return builder.build();
  }

  private float positive(String key, float value) {
    if (value <= 0) {
      throw in.malformed(key, value + " is not above 0");
    }
    return value;
  }

  private void readHeads(ModelMetadata.Builder builder) {
    int heads = in.required(keys.headCount(), 0, MAX_HEADS);
    if (heads == 0) {
      throw in.unsupported(keys.headCount(), "a model without attention heads");
    }
    int kvHeads = in.integer(keys.kvHeadCount(), 1, MAX_HEADS).orElse(heads);
    if (heads % kvHeads != 0) {
      throw in.malformed(
          keys.kvHeadCount(),
          "%d key/value heads do not divide %d heads".formatted(kvHeads, heads));
    }
    int headDim = headDim(heads);
    int rotated = in.integer(keys.ropeDimensions(), 1, headDim).orElse(headDim);
    boolean stated = in.has(keys.ropeDimensions());
    if (stated && rotated % 2 != 0) {
      throw in.malformed(keys.ropeDimensions(), rotated + " is odd, but elements turn in pairs");
    }
    builder.headCount(heads).kvHeadCount(kvHeads).headDim(headDim).ropeDimensions(rotated);
  }

  private int headDim(int heads) {
    OptionalInt stated = in.integer(keys.keyLength(), 1, MAX_WIDTH);
    int width = in.required(keys.embeddingLength(), 1, MAX_WIDTH);
    if (stated.isEmpty() && width % heads != 0) {
      throw in.malformed(
          keys.headCount(), "%d heads do not divide the width of %d".formatted(heads, width));
    }
    int headDim = stated.orElse(width / heads);
    int valueLength = in.integer(keys.valueLength(), 1, MAX_WIDTH).orElse(headDim);
    if (valueLength != headDim) {
      throw in.unsupported(
          keys.valueLength(),
          "values of width %d beside keys of width %d".formatted(valueLength, headDim));
    }
    return headDim;
  }

  private void readExperts(ModelMetadata.Builder builder) {
    int experts = in.integer(keys.expertCount(), 0, MAX_EXPERTS).orElse(0);
    int used = in.integer(keys.expertUsedCount(), 0, MAX_EXPERTS).orElse(0);
    if (used > experts || (experts > 0 && used == 0)) {
      throw in.malformed(keys.expertUsedCount(), "%d of %d experts".formatted(used, experts));
    }
    builder.expertCount(experts).expertUsedCount(used);
    if (experts > 0 && SPLIT_EXPERTS.contains(keys.architecture())) {
      int inner = in.integer(keys.feedForwardLength(), 0, MAX_WIDTH).orElse(0);
      builder.expertFeedForwardLength(
          in.integer(keys.expertFeedForwardLength(), 1, MAX_WIDTH).orElse(inner / used));
      if (keys.architecture().equals(SHARED_EXPERT)) {
        builder.sharedExpertFeedForwardLength(
            in.integer(keys.sharedExpertFeedForwardLength(), 1, MAX_WIDTH).orElse(inner));
      }
    }
  }

  /**
   * Rows of the embedding; in a file without tensors what is stated, or else the number of tokens.
   */
  private int vocabularySize() {
    OptionalInt stated = in.integer(keys.vocabularySize(), 1, MAX_VOCABULARY);
    Optional<Shape> embedding =
        shapeOf(TensorRole.Kind.TOKEN_EMBEDDING).filter(shape -> shape.rank() == 2);
    if (embedding.isEmpty()) {
      return stated.orElseGet(() -> tokens.orElseThrow(this::noVocabulary));
    }
    long rows = embedding.get().rows();
    String name = TensorNames.nameOf(TensorRole.weight(TensorRole.Kind.TOKEN_EMBEDDING));
    if (rows < tokens.orElse(1) || rows > MAX_VOCABULARY) {
      throw in.malformed(
          name, "%d rows for a vocabulary of %d tokens".formatted(rows, tokens.orElse(1)));
    }
    return (int) rows;
  }

  private RuntimeException noVocabulary() {
    return in.malformed(
        keys.vocabularySize(),
        "neither this key nor a tokenizer states the size of the vocabulary");
  }

  private Optional<Shape> shapeOf(TensorRole.Kind kind) {
    String name = TensorNames.nameOf(TensorRole.weight(kind));
    return tensors.stream().filter(t -> t.name().equals(name)).map(GgufTensor::shape).findFirst();
  }

  private Set<TensorRole.Kind> storedRopeFactors() {
    Set<TensorRole.Kind> kinds = EnumSet.noneOf(TensorRole.Kind.class);
    for (TensorRole.Kind kind :
        List.of(
            TensorRole.Kind.ROPE_FREQUENCIES,
            TensorRole.Kind.ROPE_FACTORS_LONG,
            TensorRole.Kind.ROPE_FACTORS_SHORT)) {
      if (shapeOf(kind).isPresent()) {
        kinds.add(kind);
      }
    }
    return kinds;
  }
}
