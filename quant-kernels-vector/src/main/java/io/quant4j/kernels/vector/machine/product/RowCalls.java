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
   * Multiplies rows with one vector.
   *
   * @param rows of a matrix, stored without padding
   * @param vectors memory with the vector at {@code vectorAt}, as the code reads it
   * @param blocks of a row, as the code counts them
   * @param y receives the result of row {@code r} at {@code yOffset + r}
   * @throws IndexOutOfBoundsException if the rows are outside their memory
   */
  public static void run(
      MemorySegment code,
      MemorySegment rows,
      MemorySegment vectors,
      long vectorAt,
      long blocks,
      float[] y,
      int yOffset,
      long rowBytes,
      int rowBegin,
      int rowEnd) {
    Objects.checkFromToIndex(rowBegin * rowBytes, rowEnd * rowBytes, rows.byteSize());
    int step = (int) Math.max(1, CALL_BYTES / rowBytes / ROWS_TOGETHER) * ROWS_TOGETHER;
    for (int r = rowBegin; r < rowEnd; r += step) {
      int count = Math.min(step, rowEnd - r);
      Functions.rows(
          code, rows, r * rowBytes, vectors, vectorAt, y, yOffset + r, blocks, rowBytes, count);
    }
  }
}
