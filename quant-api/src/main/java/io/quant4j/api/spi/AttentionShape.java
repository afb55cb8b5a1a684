package io.quant4j.api.spi;

/**
 * Sizes of a causal attention with grouped heads; query head {@code h} reads key/value head {@code
 * h / (heads / kvHeads)}.
 *
 * @param heads query heads
 * @param kvHeads key/value heads
 * @param headDim elements of one head
 * @param scale factor of every query-key product
 * @param window a token attends to itself and the {@code window - 1} before it; 0 for all before it
 * @param softCap scaled products become {@code softCap * tanh(product / softCap)}; 0 for no bound
 */
public record AttentionShape(
    int heads, int kvHeads, int headDim, float scale, int window, float softCap) {

  /** Attention to everything before a token, without a bound. */
  public AttentionShape(int heads, int kvHeads, int headDim, float scale) {
    this(heads, kvHeads, headDim, scale, 0, 0);
  }

  /** The same with another window. */
  public AttentionShape withWindow(int tokens) {
    return new AttentionShape(heads, kvHeads, headDim, scale, tokens, softCap);
  }

  /** Query heads that share one key/value head. */
  public int groupSize() {
    return heads / kvHeads;
  }

  /** Elements of all query heads of one token. */
  public int queryDim() {
    return heads * headDim;
  }

  /** Elements of all key (or value) heads of one token. */
  public int kvDim() {
    return kvHeads * headDim;
  }
}
