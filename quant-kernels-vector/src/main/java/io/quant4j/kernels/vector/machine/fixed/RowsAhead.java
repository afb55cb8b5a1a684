package io.quant4j.kernels.vector.machine.fixed;

import java.lang.foreign.MemorySegment;

/**
 * The stored rows behind those that are being multiplied. Products ask for them a little at a time,
 * so that they come from memory while it is idle otherwise, and are decoded from a cache.
 */
final class RowsAhead {
  private final MemorySegment weights;
  private final long step;
  private long at;

  /**
   * Rows to be asked for.
   *
   * @param from where they begin
   * @param bytes of them, if there are so many
   * @param groups that will be multiplied meanwhile
   */
  RowsAhead(MemorySegment weights, long from, long bytes, long groups) {
    this.weights = weights;
    this.at = from;
    long there = Math.min(bytes, weights.byteSize() - from);
    this.step = Math.min(FixedTileCode.AHEAD_BYTES, (there + groups - 1) / groups);
  }

  /** Bytes for each group. */
  long step() {
    return step;
  }

  /** What is next, as so many groups are. */
  MemorySegment next(long groups) {
    MemorySegment next = weights.asSlice(Math.min(at, weights.byteSize()));
    at += groups * step;
    return next;
  }
}
