package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.KeyValueCache;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of one layer, (capacity, kvHeads * headStride) each, and their scales. The
 * capacity doubles as the sequence grows. Not thread-safe.
 */
final class CudaCache implements KeyValueCache {
  private static final int FIRST_CAPACITY = 512;

  /** Keys, values, scales of keys, scales of values; 0 where there are none. */
  private static final int PARTS = 4;

  private final CacheShape shape;
  private final CacheFormat format;
  private final CudaSequence sequence;
  private final List<CudaBytes> parts = new ArrayList<>();
  private int capacity;

  /** A range of bytes on the device. */
  private record CudaBytes(long address, long bytes) {}

  CudaCache(CacheShape shape, CudaSequence sequence) {
    this.shape = shape;
    this.format = CacheFormat.of(shape);
    this.sequence = sequence;
    grow(Math.min(FIRST_CAPACITY, shape.contextLength()));
  }

  @Override
  public CacheShape shape() {
    return shape;
  }

  CacheFormat format() {
    return format;
  }

  /** Tokens that there is room for. */
  int capacity() {
    return capacity;
  }

  /** Elements from one head to the next. */
  long headStride() {
    return format.headStride(shape.headDim());
  }

  /** Elements from one token to the next. */
  long rowStride() {
    return shape.kvHeads() * headStride();
  }

  long keys() {
    return parts.get(0).address;
  }

  long values() {
    return parts.get(1).address;
  }

  long keyScales() {
    return parts.get(2).address;
  }

  long valueScales() {
    return parts.get(3).address;
  }

  /** Makes room for so many tokens. */
  void reserve(int tokens) {
    if (tokens > capacity) {
      grow(Math.min(shape.contextLength(), Math.max(tokens, 2 * capacity)));
    }
  }

  private void grow(int tokens) {
    List<CudaBytes> larger = new ArrayList<>();
    try {
      for (int part = 0; part < PARTS; part++) {
        larger.add(allocate(tokens * rowBytes(part)));
      }
    } catch (RuntimeException | Error e) {
      larger.forEach(bytes -> sequence.release(bytes.address));
      throw e;
    }
    for (int part = 0; part < parts.size(); part++) {
      CudaBytes old = parts.get(part);
      if (old.address != 0) {
        sequence.work().stream().copy(larger.get(part).address, old.address, old.bytes);
        sequence.release(old.address);
      }
    }
    parts.clear();
    parts.addAll(larger);
    capacity = tokens;
  }

  private CudaBytes allocate(long bytes) {
    return bytes == 0 ? new CudaBytes(0, 0) : new CudaBytes(sequence.allocateBytes(bytes), bytes);
  }

  private long rowBytes(int part) {
    boolean scales = part >= 2;
    if (scales) {
      return format.scaled() ? rowStride() / CacheFormat.SCALED * Short.BYTES : 0;
    }
    return rowStride() * format.elementBytes();
  }
}
