package io.quant4j.api.spi;

/**
 * Sizes of a causal attention with grouped heads; query head {@code h} reads key/value head {@code
 * h / (heads / kvHeads)}.
 *
 * @param heads query heads
 * @param kvHeads key/value heads
 * @param headDim elements of one head
 * @param scale factor of every query-key product
 */
public record AttentionShape(int heads, int kvHeads, int headDim, float scale) {

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
