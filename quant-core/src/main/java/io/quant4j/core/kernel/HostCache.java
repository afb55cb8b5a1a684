package io.quant4j.core.kernel;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.KeyValueCache;
import java.util.Arrays;

/**
 * Keys and values of one layer as F32, (capacity, kvDim) each. The capacity doubles as the sequence
 * grows. Not thread-safe.
 */
final class HostCache implements KeyValueCache {
  private static final int FIRST_CAPACITY = 256;

  private final CacheShape shape;
  private int capacity;
  private float[] keys = new float[0];
  private float[] values = new float[0];

  HostCache(CacheShape shape) {
    this.shape = shape;
    reserve(Math.min(FIRST_CAPACITY, shape.contextLength()));
  }

  @Override
  public CacheShape shape() {
    return shape;
  }

  /** (capacity, kvDim). */
  float[] keys() {
    return keys;
  }

  /** (capacity, kvDim). */
  float[] values() {
    return values;
  }

  /** Copies the rows of new tokens behind those before {@code position}. */
  void store(HostBuffer newKeys, HostBuffer newValues, int position, int batch) {
    int dim = shape.kvDim();
    if (position + batch > capacity) {
      reserve(Math.min(shape.contextLength(), Math.max(position + batch, 2 * capacity)));
    }
    System.arraycopy(newKeys.data(), newKeys.offset(), keys, position * dim, batch * dim);
    System.arraycopy(newValues.data(), newValues.offset(), values, position * dim, batch * dim);
  }

  private void reserve(int tokens) {
    long elements = (long) tokens * shape.kvDim();
    if (elements > Integer.MAX_VALUE - 8) {
      throw new InvalidRequestException(
          ErrorLocation.none(),
          "keys of " + tokens + " tokens do not fit a Java array",
          "Ask for a shorter context.");
    }
    capacity = tokens;
    keys = Arrays.copyOf(keys, (int) elements);
    values = Arrays.copyOf(values, (int) elements);
  }
}
