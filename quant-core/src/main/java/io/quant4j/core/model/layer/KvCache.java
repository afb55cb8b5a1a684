package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of one sequence for every layer, F32, (capacity, kvDim) each. The capacity
 * doubles as the sequence grows, so that a short conversation with a long context stays small. Not
 * thread-safe.
 */
public final class KvCache {
  private static final int FIRST_CAPACITY = 256;

  private final Operations operations;
  private final int layers;
  private final int kvDim;
  private final int contextLength;
  private final List<Buffer> keys = new ArrayList<>();
  private final List<Buffer> values = new ArrayList<>();
  private int capacity;
  private int length;

  /**
   * An empty cache.
   *
   * @param layers decoder layers
   * @param kvDim elements of all key heads of one token
   * @param contextLength most tokens
   */
  public KvCache(Operations operations, int layers, int kvDim, int contextLength) {
    this.operations = operations;
    this.layers = layers;
    this.kvDim = kvDim;
    this.contextLength = contextLength;
    grow(Math.min(FIRST_CAPACITY, contextLength));
  }

  /** Tokens held in every layer. */
  public int length() {
    return length;
  }

  /** Most tokens. */
  public int contextLength() {
    return contextLength;
  }

  /** Makes room for {@code count} tokens after those held. */
  public void reserve(int count) {
    int needed = length + count;
    if (needed > capacity) {
      grow(Math.min(contextLength, Math.max(needed, 2 * capacity)));
    }
  }

  private void grow(int newCapacity) {
    for (int layer = 0; layer < layers; layer++) {
      grow(keys, layer, newCapacity);
      grow(values, layer, newCapacity);
    }
    capacity = newCapacity;
  }

  private void grow(List<Buffer> buffers, int layer, int newCapacity) {
    Buffer larger = operations.allocate((long) newCapacity * kvDim);
    if (layer < buffers.size()) {
      operations.copy(buffers.get(layer), larger);
      buffers.set(layer, larger);
    } else {
      buffers.add(larger);
    }
  }

  /** Keys of a layer: (capacity, kvDim). */
  public Buffer keys(int layer) {
    return keys.get(layer);
  }

  /** Values of a layer: (capacity, kvDim). */
  public Buffer values(int layer) {
    return values.get(layer);
  }

  /** The rows of {@code buffer} that the next {@code count} tokens will fill. */
  public Buffer next(Buffer buffer, int count) {
    return buffer.slice((long) length * kvDim, (long) count * kvDim);
  }

  /** Counts {@code count} tokens, filled in every layer, as held. */
  public void advance(int count) {
    length += count;
  }

  /** Forgets all but the first tokens. */
  public void truncate(int newLength) {
    length = Math.min(length, newLength);
  }
}
