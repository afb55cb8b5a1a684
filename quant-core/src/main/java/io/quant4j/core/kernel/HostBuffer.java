package io.quant4j.core.kernel;

import io.quant4j.api.spi.Buffer;
import java.util.Objects;

/**
 * A range of a heap array: vector loads from arrays keep their bounds checks out of the loop.
 *
 * @param data shared with slices
 * @param offset first element in {@code data}
 * @param count elements
 */
record HostBuffer(float[] data, int offset, int count) implements Buffer {

  HostBuffer(float[] data) {
    this(data, 0, data.length);
  }

  @Override
  public long length() {
    return count;
  }

  @Override
  public HostBuffer slice(long from, long length) {
    Objects.checkFromIndexSize(from, length, count);
    if (length == count) {
      return this;
    }
    return new HostBuffer(data, offset + (int) from, (int) length);
  }
}
