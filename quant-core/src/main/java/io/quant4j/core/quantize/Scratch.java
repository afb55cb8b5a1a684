package io.quant4j.core.quantize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;

/**
 * Buffers of one thread, large enough for a chunk of any tensor of the run.
 *
 * @param values elements as read
 * @param decoded the same elements as they will be read back
 * @param bytes stored bytes; owned by the run's arena
 */
record Scratch(float[] values, float[] decoded, MemorySegment bytes) {

  /** Buffers for chunks of any of these. */
  static Scratch forAll(Collection<? extends TensorWork> works, Arena arena) {
    int elements = works.stream().mapToInt(TensorWork::scratchElements).max().orElse(0);
    long bytes = works.stream().mapToLong(TensorWork::scratchBytes).max().orElse(0);
    return new Scratch(new float[elements], new float[elements], arena.allocate(bytes));
  }
}
