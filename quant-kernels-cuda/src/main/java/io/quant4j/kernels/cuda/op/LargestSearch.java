package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.LargestElements;
import io.quant4j.kernels.cuda.driver.Grid;
import io.quant4j.kernels.cuda.op.Scratch.Use;

/** Finds the largest elements of a row on the device. Not thread-safe. */
final class LargestSearch {
  /** A block sorts 1,024 at a time; half of them should be new ones. */
  static final int MOST = 512;

  private final Work work;
  private final Transfers transfers;

  LargestSearch(Work work, Transfers transfers) {
    this.work = work;
    this.transfers = transfers;
  }

  /** Whether so many of a row can be found. */
  static boolean canFind(CudaBuffer row, int count) {
    return count > 0 && count <= MOST && count <= row.length() && row.length() < Integer.MAX_VALUE;
  }

  /**
   * Waits for all that is queued. Memory is taken for the most that may be asked for: it shall not
   * grow, since that would make recorded passes invalid.
   */
  LargestElements find(CudaBuffer row, int count) {
    int length = (int) row.length();
    Grid grid = Geometry.search(length);
    long found = work.scratch().take(Use.FOUND, (1 + 2L * MOST) * Integer.BYTES);
    work.kernel("sampling", "largest")
        .pointer(row.address())
        .ints(length)
        .ints(count)
        .pointer(work.scratch().take(Use.CANDIDATES, (long) grid.x() * MOST * Long.BYTES))
        .pointer(work.scratch().take(Use.SEARCH_COUNTERS, 2 * Integer.BYTES))
        .pointer(found)
        .launch(grid);
    int[] words = transfers.downloadInts(found, 1 + 2 * count);
    int[] indices = new int[count];
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      indices[i] = words[1 + i];
      values[i] = Float.intBitsToFloat(words[1 + count + i]);
    }
    return new LargestElements(indices, values, words[0] == 0);
  }
}
