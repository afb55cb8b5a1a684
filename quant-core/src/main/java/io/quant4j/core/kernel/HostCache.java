package io.quant4j.core.kernel;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KeyValueCache;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.discovery.Extensions;

/**
 * Keys and values of one layer. If they are kept in blocks that share a scale, heads are rotated
 * first where upstream does so; queries are then rotated, too, and what comes of the values is
 * rotated back. Not thread-safe.
 */
final class HostCache implements KeyValueCache {
  /** Heads of a multiple of this are rotated. */
  private static final int LEAST_ROTATED = 64;

  private final CacheShape shape;
  private final AttentionScratch scratch;
  private final int keyRotation;
  private final int valueRotation;
  private final StoredRows keys;
  private final StoredRows values;

  /**
   * An empty cache.
   *
   * @param scratch that of the sequence
   */
  HostCache(HostKernels kernels, CacheShape shape, AttentionScratch scratch) {
    this.shape = shape;
    this.scratch = scratch;
    int headDim = shape.headDim();
    keyRotation = rotates(shape.keys(), headDim) ? Integer.lowestOneBit(headDim) : 0;
    valueRotation = rotates(shape.values(), headDim) ? LEAST_ROTATED : 0;
    keys = new StoredRows(kernels, shape, true, keyRotation);
    values = new StoredRows(kernels, shape, false, valueRotation);
  }

  private static boolean rotates(FormatId format, int headDim) {
    return headDim % LEAST_ROTATED == 0
        && Extensions.installed().format(format, ErrorLocation.subject("cache")).blockElements()
            > 1;
  }

  @Override
  public CacheShape shape() {
    return shape;
  }

  AttentionScratch scratch() {
    return scratch;
  }

  StoredRows keys() {
    return keys;
  }

  StoredRows values() {
    return values;
  }

  /** Length of the pieces of a query that must be rotated as the keys were; 0 for none. */
  int keyRotation() {
    return keyRotation;
  }

  /** Length of the pieces that values were rotated in; 0 for none. */
  int valueRotation() {
    return valueRotation;
  }

  /** Bytes taken. */
  long bytes() {
    return keys.bytes() + values.bytes();
  }

  /** Stores the keys and values of new tokens behind those before {@code position}. */
  void store(HostBuffer newKeys, HostBuffer newValues, int position, int batch) {
    int dim = shape.kvDim();
    for (int b = 0; b < batch; b++) {
      keys.store(newKeys.data(), newKeys.offset() + b * dim, position + b);
      values.store(newValues.data(), newValues.offset() + b * dim, position + b);
    }
  }
}
