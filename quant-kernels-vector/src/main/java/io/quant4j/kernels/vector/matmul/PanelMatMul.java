package io.quant4j.kernels.vector.matmul;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import java.lang.foreign.MemorySegment;

/**
 * Products by panels: a few rows are decoded into scratch that stays in the cache, then multiplied with every vector of
 * the batch by {@link Tile}. The decoder is called once per panel, so that one product serves all formats without a virtual
 * call in a loop over elements.
 */
public final class PanelMatMul implements MatMulKernel {
  private final BlockFormat format;
  private final RowDecoder decoder;

  /**
   * The product of one format.
   *
   * @param decoder of {@code format}
   */
  public PanelMatMul(BlockFormat format, RowDecoder decoder) {
    this.format = format;
    this.decoder = decoder;
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
    float[] panel = new float[Tile.ROWS * cols];
    float[] lanes = new float[Tile.SCRATCH];
    long rowBytes = format.byteSize(cols);
    for (int row = rowBegin; row < rowEnd; row += Tile.ROWS) {
      int rows = Math.min(Tile.ROWS, rowEnd - row);
      decoder.decode(weights, row * rowBytes, panel, 0, rows * cols);
      for (int b = 0; b < batch; ) {
        int xAt = xOffset + b * cols;
        int yAt = yOffset + b * yStride + row;
        if (rows < Tile.ROWS) {
          Tile.single(panel, rows, cols, x, xAt, y, yAt);
          b++;
        } else if (batch - b < Tile.BATCH) {
          Tile.narrow(panel, cols, x, xAt, y, yAt, lanes);
          b++;
        } else {
          Tile.wide(panel, cols, x, xAt, y, yAt, yStride, lanes);
          b += Tile.BATCH;
        }
      }
    }
  }
}
