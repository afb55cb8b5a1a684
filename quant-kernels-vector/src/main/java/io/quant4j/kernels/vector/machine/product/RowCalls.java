package io.quant4j.kernels.vector.machine.product;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.BlockFormat;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Calls of {@link RowsCode}, and what is checked before a product. */
public final class RowCalls {
  /** Weights read in one call: some tens of microseconds, in which garbage collection waits. */
  private static final long CALL_BYTES = 1 << 19;

  private static final int ROWS_TOGETHER = 4;

  private RowCalls() {}

  /**
   * Checks a product's arguments.
   *
   * @throws InvalidRequestException if {@code cols} are no whole number of blocks
   * @throws IndexOutOfBoundsException if results are outside {@code y}
   */
  public static void check(
      BlockFormat format,
      int cols,
      int batch,
      float[] y,
      int yOffset,
      int yStride,
      int rowBegin,
      int rowEnd) {
    if (cols < 1 || cols % format.blockElements() != 0) {
      throw new InvalidRequestException(
          ErrorLocation.subject(format.id().name()),
          cols + " elements are no whole number of blocks of " + format.blockElements(),
          "Choose a format whose block divides the row.");
    }
    long last = yOffset + (long) (batch - 1) * yStride;
    Objects.checkFromToIndex(yOffset + rowBegin, yOffset + rowEnd, y.length);
    Objects.checkFromToIndex(last + rowBegin, last + rowEnd, y.length);
  }

  /**
   * Multiplies all rows.
   *
   * @param rows stored without padding
   * @param vector as the code reads it
   * @param blocks of a row, as the code counts them
   * @param results a float for each row
   */
  public static void run(
      MemorySegment code,
      MemorySegment rows,
      MemorySegment vector,
      long blocks,
      MemorySegment results,
      long rowBytes,
      int count) {
    int step = (int) Math.max(1, CALL_BYTES / rowBytes / ROWS_TOGETHER) * ROWS_TOGETHER;
    for (int r = 0; r < count; r += step) {
      Functions.rows(
          code,
          rows.asSlice(r * rowBytes),
          vector,
          results.asSlice((long) r * Float.BYTES),
          blocks,
          rowBytes,
          Math.min(step, count - r));
    }
  }
}
