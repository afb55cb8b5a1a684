package io.quant4j.kernels.vector.machine.product;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that one call works in: outside of the heap, since vectors that cross cache lines are
 * loaded at half the speed, and arrays lie where they like. Garbage collection frees it.
 */
final class Scratch {
  private static final long ALIGNMENT = 64;

  private MemorySegment memory = MemorySegment.NULL;
  private float[] results = {};

  Scratch() {}

  /** At least this many bytes, aligned to cache lines; they hold anything. */
  MemorySegment memory(long bytes) {
    if (memory.byteSize() < bytes) {
      memory = Arena.ofAuto().allocate(bytes, ALIGNMENT);
    }
    return memory;
  }

  /** At least this many floats; they hold anything. */
  float[] results(int count) {
    if (results.length < count) {
      results = new float[count];
    }
    return results;
  }
}
