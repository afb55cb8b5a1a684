package io.quant4j.core.kernel;

/**
 * Spreads simple operations over a team, if they are large enough.
 *
 * @param team does the work
 */
record WorkSplit(ThreadTeam team) {
  /** Elements below which waking the team costs more than it brings. */
  private static final int SMALL = 16_384;

  /**
   * Kernels work on several rows at a time; ranges that begin at a multiple of this leave them
   * whole.
   */
  static final int ROW_GRANULE = 16;

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
    team.run((worker, workers) -> {
      int end = ThreadTeam.begin(batch, 1, worker + 1, workers);
      for (int b = ThreadTeam.begin(batch, 1, worker, workers); b < end; b++) {
        action.run(b);
      }
    });
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
      int begin = ThreadTeam.begin(count, ROW_GRANULE, worker, workers);
      int end = ThreadTeam.begin(count, ROW_GRANULE, worker + 1, workers);
      if (begin < end) {
        action.run(begin, end - begin);
      }
    });
  }
}
