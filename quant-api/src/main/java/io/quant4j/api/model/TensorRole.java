package io.quant4j.api.model;

/**
 * What a tensor does in a model, in neutral words. Containers map their own names to roles and
 * back.
 *
 * @param kind what it does
 * @param layer decoder layer, or {@link #NO_LAYER} for tensors outside the layers
 * @param part weight or bias
 */
public record TensorRole(Kind kind, int layer, Part part) {

  /** The layer of tensors that belong to no layer. */
  public static final int NO_LAYER = -1;

  public TensorRole {
    if (kind.perLayer() != (layer >= 0)) {
      throw new IllegalArgumentException(kind + " with layer " + layer);
    }
  }

  /** Weight of a tensor outside the layers. */
  public static TensorRole weight(Kind kind) {
    return new TensorRole(kind, NO_LAYER, Part.WEIGHT);
  }

  /** Weight of a tensor of one layer. */
  public static TensorRole weight(Kind kind, int layer) {
    return new TensorRole(kind, layer, Part.WEIGHT);
  }

  /** Bias of a tensor of one layer. */
  public static TensorRole bias(Kind kind, int layer) {
    return new TensorRole(kind, layer, Part.BIAS);
  }

  /**
   * The same in another layer.
   *
   * @param other a layer if this has one, else {@link #NO_LAYER}
   */
  public TensorRole inLayer(int other) {
    return new TensorRole(kind, other, part);
  }

  /** The half of a linear layer. */
  public enum Part {
    WEIGHT,
    BIAS
  }

  /** What a tensor does; shapes are those of the weight. */
  public enum Kind {
    /** (vocab, dim). */
    TOKEN_EMBEDDING(false, true),
    /** (dim). */
    OUTPUT_NORM(false, false),
    /** (vocab, dim); absent when tied to the embedding. */
    OUTPUT(false, true),
    /** (ropeDimensions / 2): divisors of the rotary frequencies. */
    ROPE_FREQUENCIES(false, false),
    /** (dim). */
    ATTENTION_NORM(true, false),
    /** (heads * headDim, dim). */
    ATTENTION_QUERY(true, true),
    /** (kvHeads * headDim, dim). */
    ATTENTION_KEY(true, true),
    /** (kvHeads * headDim, dim). */
    ATTENTION_VALUE(true, true),
    /** (dim, heads * headDim). */
    ATTENTION_OUTPUT(true, true),
    /** (dim). */
    FEED_FORWARD_NORM(true, false),
    /** (feedForward, dim). */
    FEED_FORWARD_GATE(true, true),
    /** (feedForward, dim). */
    FEED_FORWARD_UP(true, true),
    /** (dim, feedForward). */
    FEED_FORWARD_DOWN(true, true);

    private final boolean perLayer;
    private final boolean matrix;

    Kind(boolean perLayer, boolean matrix) {
      this.perLayer = perLayer;
      this.matrix = matrix;
    }

    /** Whether every layer has one. */
    public boolean perLayer() {
      return perLayer;
    }

    /** Whether the weight is a matrix that quantization may touch; norms and tables are not. */
    public boolean matrix() {
      return matrix;
    }
  }
}
