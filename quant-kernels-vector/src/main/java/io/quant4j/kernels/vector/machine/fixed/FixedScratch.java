package io.quant4j.kernels.vector.machine.fixed;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Memory of one call: rows of weights in floats and rounded, and results. Calls take it from a pool
 * that holds as many as ever ran at once. It is native, because memory of the heap is not aligned,
 * and given back by the garbage collector when the results of a larger batch need more.
 */
final class FixedScratch {
  /** Columns that are rounded at a time; the vectors of a tile then take 25 kB. */
  static final int STRETCH = 2048;

  /** Rows that are rounded at a time; with {@link #STRETCH} they take 203 kB. */
  static final int ROWS = 48;

  private static final ConcurrentLinkedQueue<FixedScratch> POOL = new ConcurrentLinkedQueue<>();
  private static final int STRETCH_GROUPS = FixedPoint.groups(STRETCH);

  final float[] row = new float[STRETCH];
  final MemorySegment floats = MemorySegment.ofArray(row);
  final MemorySegment weights =
      allocate(
          (long) GroupLayout.WEIGHTS.tiles(ROWS) * STRETCH_GROUPS * GroupLayout.WEIGHTS.bytes());
  private MemorySegment results = allocate(0);

  private FixedScratch() {}

  private static MemorySegment allocate(long bytes) {
    return Arena.ofAuto().allocate(bytes, GroupLayout.VECTOR_BYTES);
  }

  /** Memory of this thread until it is given back. */
  static FixedScratch take() {
    FixedScratch free = POOL.poll();
    return free == null ? new FixedScratch() : free;
  }

  void giveBack() {
    POOL.add(this);
  }

  /** Results of so many vectors, (vectors, {@link #ROWS}). */
  MemorySegment results(int vectors) {
    long bytes = (long) vectors * ROWS * Float.BYTES;
    if (results.byteSize() < bytes) {
      results = allocate(bytes);
    }
    return results;
  }
}
