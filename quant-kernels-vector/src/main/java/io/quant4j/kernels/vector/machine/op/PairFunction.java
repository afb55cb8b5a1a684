package io.quant4j.kernels.vector.machine.op;

import io.quant4j.kernels.vector.machine.product.Functions;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Calls of {@link PairCode}.
 *
 * @param code mapped for good
 */
record PairFunction(MemorySegment code) {
  private static final int TURN = 16;

  /** Elements of one call: some microseconds, in which garbage collection waits. */
  private static final int CALL = 1 << 14;

  /**
   * Does whole turns.
   *
   * @return how many elements that were
   */
  int apply(float[] x, int xOffset, float[] y, int yOffset, int count) {
    Objects.checkFromIndexSize(xOffset, count, x.length);
    Objects.checkFromIndexSize(yOffset, count, y.length);
    int whole = count / TURN * TURN;
    for (int done = 0; done < whole; done += CALL) {
      int to = xOffset + done;
      long turns = Math.min(CALL, whole - done) / TURN;
      Functions.rows(code, x, to, y, yOffset + done, x, to, turns, 0, 0);
    }
    return whole;
  }
}
