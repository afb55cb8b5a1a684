package io.quant4j.core.kernel;

/**
 * Spreads operations over a team, if they are large enough. How they are cut depends on sizes and
 * on the team, but no result does.
 *
 * @param team does the work
 */
record WorkSplit(ThreadTeam team) {
  /** Elements below which calling the team costs more than it brings. */
  static final int SMALL = 16_384;

  /**
   * Kernels work on 12 or 16 rows at a time; ranges that begin at a multiple of both leave them
   * whole.
   */
  private static final int ROW_GRANULE = 48;

  /** Elements of a cache line. */
  private static final int LINE = 16;

  /** Chunks of one thread: so much of its part it can give away if others are faster. */
  private static final int CHUNKS_PER_THREAD = 16;

  /** Weights that are read in a few microseconds, a hundred times what claiming a chunk takes. */
  private static final long LEAST_BYTES = 1 << 16;

  @FunctionalInterface
  interface RowAction {
    void run(int row);
  }

  @FunctionalInterface
  interface RangeAction {
    void run(int begin, int count);
  }

  /** Runs an action for every row. */
  void overRows(int batch, int rowLength, RowAction action) {
    if (batch == 1 || (long) batch * rowLength < SMALL) {
      for (int b = 0; b < batch; b++) {
        action.run(b);
      }
      return;
    }
    team.run(batch, (row, thread) -> action.run(row));
  }

  /** Runs an action on ranges that together are {@code 0 .. count - 1}. */
  void overRange(int count, RangeAction action) {
    if (count < SMALL) {
      action.run(0, count);
      return;
    }
    // Ranges begin at multiples of a cache line, so that vector kernels give each element the same
    // treatment.
    team.run((worker, workers) -> {
      int begin = ThreadTeam.begin(count, LINE, worker, workers);
      int end = ThreadTeam.begin(count, LINE, worker + 1, workers);
      if (begin < end) {
        action.run(begin, end - begin);
      }
    });
  }

  /**
   * How many rows of matrices make a chunk.
   *
   * @param rows of all matrices that are multiplied at once
   * @param bytes of all these rows
   * @param batch vectors that each row is multiplied with
   */
  int chunkRows(long rows, long bytes, int batch) {
    long even = rows / ((long) team.size() * CHUNKS_PER_THREAD);
    long least = LEAST_BYTES * rows / Math.max(1, bytes * batch);
    long granules = Math.max(1, (Math.max(even, least) + ROW_GRANULE - 1) / ROW_GRANULE);
    return (int) Math.min(Integer.MAX_VALUE / 2, granules * ROW_GRANULE);
  }

  /** Chunks of so many rows that a matrix is cut into. */
  static int chunks(int rows, int chunkRows) {
    return (rows + chunkRows - 1) / chunkRows;
  }
}
