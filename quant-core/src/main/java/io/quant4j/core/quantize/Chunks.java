package io.quant4j.core.quantize;

import java.util.List;

/** The chunks of all tensors, numbered through in the order of the file. */
final class Chunks {
  private final List<TensorWork> works;

  /** Number of each tensor's first chunk, and after the last tensor's the number of all chunks. */
  private final int[] firstOf;

  /**
   * Part of a tensor.
   *
   * @param tensor index of the tensor
   * @param first index of its first unit
   * @param units number of units
   */
  record Chunk(int tensor, long first, int units) {}

  Chunks(List<TensorWork> works) {
    this.works = works;
    firstOf = new int[works.size() + 1];
    for (int i = 0; i < works.size(); i++) {
      int perChunk = works.get(i).unitsPerChunk();
      long chunks = Math.ceilDiv(works.get(i).units(), perChunk);
      firstOf[i + 1] = Math.toIntExact(firstOf[i] + chunks);
    }
  }

  int count() {
    return firstOf[works.size()];
  }

  /**
   * Number of the first chunk at or after a tensor; for the tensor after the last, {@link
   * #count()}.
   */
  int firstOf(int tensor) {
    return firstOf[tensor];
  }

  /** The chunk of this number, 0 to {@link #count()} - 1. */
  Chunk chunk(int number) {
    int tensor = tensorOf(number);
    TensorWork work = works.get(tensor);
    long first = (long) (number - firstOf[tensor]) * work.unitsPerChunk();
    return new Chunk(tensor, first, (int) Math.min(work.unitsPerChunk(), work.units() - first));
  }

  /**
   * The last tensor that begins at or before the chunk; empty tensors before it begin there too.
   */
  private int tensorOf(int number) {
    int low = 0;
    int high = works.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (firstOf[middle] <= number) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
