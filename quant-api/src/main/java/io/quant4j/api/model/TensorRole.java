package io.quant4j.api.model;

/**
 * What a tensor does in a model, in neutral words. Containers map their own names to roles and
 * back.
 *
 * @param kind what it does
 * @param layer decoder layer, or {@link #NO_LAYER} for tensors outside the layers
 * @param part weight or bias
 * @param expert the expert whose matrix this is, where a container stores those of a stack one by
 *     one; {@link #NO_EXPERT} for a whole stack and for everything else
 */
public record TensorRole(Kind kind, int layer, Part part, int expert) {

  /** The layer of tensors that belong to no layer. */
  public static final int NO_LAYER = -1;

  /** The expert of tensors that are not the matrix of one expert. */
  public static final int NO_EXPERT = -1;

  public TensorRole {
    if (kind.perLayer() != (layer >= 0)) {
      throw new IllegalArgumentException(kind + " with layer " + layer);
    }
    if (expert != NO_EXPERT && (expert < 0 || !kind.stack())) {
      throw new IllegalArgumentException(kind + " of expert " + expert);
    }
  }

  /** A tensor that is not the matrix of one expert. */
  public TensorRole(Kind kind, int layer, Part part) {
    this(kind, layer, part, NO_EXPERT);
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
    return new TensorRole(kind, other, part, expert);
  }

  /** The part of this stack that belongs to one expert. */
  public TensorRole ofExpert(int index) {
    return new TensorRole(kind, layer, part, index);
  }

  /** The whole stack that this is a part of; itself if it is none. */
  public TensorRole whole() {
    return expert == NO_EXPERT ? this : new TensorRole(kind, layer, part);
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
    /** (ropeDimensions / 2): divisors of the rotary frequencies of contexts beyond the original. */
    ROPE_FACTORS_LONG(false, false),
    /** (ropeDimensions / 2): divisors of the rotary frequencies within the original context. */
    ROPE_FACTORS_SHORT(false, false),
    /** (dim). */
    ATTENTION_NORM(true, false),
    /** (heads * headDim, dim). */
    ATTENTION_QUERY(true, true),
    /** (kvHeads * headDim, dim). */
    ATTENTION_KEY(true, true),
    /** (kvHeads * headDim, dim). */
    ATTENTION_VALUE(true, true),
    /** ((heads + 2 * kvHeads) * headDim, dim): query, key and value rows in one matrix. */
    ATTENTION_QUERY_KEY_VALUE(true, true),
    /** (headDim): norm of every query head. */
    ATTENTION_QUERY_NORM(true, false),
    /** (headDim): norm of every key head. */
    ATTENTION_KEY_NORM(true, false),
    /** (dim, heads * headDim). */
    ATTENTION_OUTPUT(true, true),
    /** (dim): norm of what attention adds to the residual stream. */
    ATTENTION_POST_NORM(true, false),
    /** (dim). */
    FEED_FORWARD_NORM(true, false),
    /** (feedForward, dim). */
    FEED_FORWARD_GATE(true, true),
    /** (feedForward, dim); without a gate beside it (2 * feedForward, dim), gate rows first. */
    FEED_FORWARD_UP(true, true),
    /** (dim, feedForward). */
    FEED_FORWARD_DOWN(true, true),
    /** (dim): norm of what the feed-forward part adds to the residual stream. */
    FEED_FORWARD_POST_NORM(true, false),
    /** (experts, dim): scores the experts of a token. */
    EXPERT_ROUTER(true, false),
    /** (experts, expertFeedForward, dim). */
    EXPERT_GATE(true, true, true),
    /** (experts, expertFeedForward, dim). */
    EXPERT_UP(true, true, true),
    /** (experts, dim, expertFeedForward). */
    EXPERT_DOWN(true, true, true),
    /** (dim): scores the expert that every token sees. */
    SHARED_EXPERT_ROUTER(true, false),
    /** (sharedExpertFeedForward, dim). */
    SHARED_EXPERT_GATE(true, true),
    /** (sharedExpertFeedForward, dim). */
    SHARED_EXPERT_UP(true, true),
    /** (dim, sharedExpertFeedForward). */
    SHARED_EXPERT_DOWN(true, true);

    private final boolean perLayer;
    private final boolean matrix;
    private final boolean stack;

    Kind(boolean perLayer, boolean matrix) {
      this(perLayer, matrix, false);
    }

    Kind(boolean perLayer, boolean matrix, boolean stack) {
      this.perLayer = perLayer;
      this.matrix = matrix;
      this.stack = stack;
    }

    /** Whether every layer has one. */
    public boolean perLayer() {
      return perLayer;
    }

    /**
     * Whether the weight is a matrix that quantization may touch; norms, tables and routers are
     * not.
     */
    public boolean matrix() {
      return matrix;
    }

    /** Whether the weight is the gain of a norm. */
    public boolean norm() {
      return name().endsWith("_NORM");
    }

    /** Whether the weight is a stack of matrices, one per expert. */
    public boolean stack() {
      return stack;
    }
  }
}
