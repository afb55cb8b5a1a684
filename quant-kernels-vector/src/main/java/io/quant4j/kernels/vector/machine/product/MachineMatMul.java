package io.quant4j.kernels.vector.machine.product;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.MatMulKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Products with one format's weights by generated code. Everything that code reads or writes is
 * held against the sizes of its memory before it is called.
 */
final class MachineMatMul implements MatMulKernel {
  private static final int LANES = 16;

  private final BlockFormat format;
  private final MatMulKernel twin;
  private final MemorySegment rowsCode;
  private final PanelFunctions panelCode;
  private final ScratchPool pool;

  /**
   * A kernel.
   *
   * @param twin the same product on the Vector API, for rows that are no whole number of vectors
   */
  MachineMatMul(
      BlockFormat format,
      MatMulKernel twin,
      MemorySegment rowsCode,
      PanelFunctions panelCode,
      ScratchPool pool) {
    this.format = format;
    this.twin = twin;
    this.rowsCode = rowsCode;
    this.panelCode = panelCode;
    this.pool = pool;
  }

  @Override
  public void multiply(
      MemorySegment weights,
      int cols,
      float[] x,
      int xOffset,
      int batch,
      float[] y,
      int yOffset,
      int yStride,
      int rowBegin,
      int rowEnd) {
    if (cols % LANES != 0 || cols == 0) {
      twin.multiply(weights, cols, x, xOffset, batch, y, yOffset, yStride, rowBegin, rowEnd);
      return;
    }
    if (rowBegin >= rowEnd) {
      return;
    }
    RowCalls.check(format, cols, batch, y, yOffset, yStride, rowBegin, rowEnd);
    Objects.checkFromIndexSize(xOffset, (long) batch * cols, x.length);
    long rowBytes = format.byteSize(cols);
    Scratch scratch = pool.take();
    if (batch == 1) {
      MemorySegment vector = scratch.memory((long) cols * Float.BYTES);
      MemorySegment.copy(x, xOffset, vector, ValueLayout.JAVA_FLOAT, 0, cols);
      int blocks = panelCode.blocks(cols);
      RowCalls.run(rowsCode, weights, vector, 0, blocks, y, yOffset, rowBytes, rowBegin, rowEnd);
    } else {
      MemorySegment rows = weights.asSlice(rowBegin * rowBytes, (rowEnd - rowBegin) * rowBytes);
      int to = yOffset + rowBegin;
      new PanelRun(format, panelCode, rows, cols, scratch)
          .multiply(x, xOffset, batch, y, to, yStride, rowEnd - rowBegin);
    }
    pool.give(scratch);
  }
}
