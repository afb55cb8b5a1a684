package io.quant4j.api.spi;

import io.quant4j.api.tensor.FormatId;

/**
 * What a cache of keys and values of one layer holds.
 *
 * @param kvHeads key (and value) heads
 * @param headDim elements of one head
 * @param contextLength most tokens
 * @param keys format of stored keys
 * @param values format of stored values
 */
public record CacheShape(
    int kvHeads, int headDim, int contextLength, FormatId keys, FormatId values) {

  /** Elements of all key (or value) heads of one token. */
  public int kvDim() {
    return kvHeads * headDim;
  }
}
