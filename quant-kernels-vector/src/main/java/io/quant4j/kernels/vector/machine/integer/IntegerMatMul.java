package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.VectorPreparation;
import io.quant4j.kernels.vector.machine.product.RowCalls;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Products with one format's weights in integers. Everything that code reads or writes is held
 * against the sizes of its memory before it is called.
 */
final class IntegerMatMul implements PreparedMatMul {
  private final BlockFormat format;
  private final MemorySegment code;
  private final IntegerVectors preparation;

  /**
   * A product.
   *
   * @param code of {@link io.quant4j.kernels.vector.machine.product.RowsCode}
   */
  IntegerMatMul(BlockFormat format, MemorySegment code, IntegerVectors preparation) {
    this.format = format;
    this.code = code;
    this.preparation = preparation;
  }

  @Override
  public VectorPreparation preparation() {
    return preparation;
  }

  @Override
  public void multiply(
      MemorySegment weights,
      int cols,
      MemorySegment prepared,
      int batch,
      float[] y,
      int yOffset,
      int yStride,
      int rowBegin,
      int rowEnd) {
    RowCalls.check(format, cols, batch, y, yOffset, yStride, rowBegin, rowEnd);
    Objects.checkFromIndexSize(0, preparation.byteSize(cols, batch), prepared.byteSize());
    for (int b = 0; b < batch; b++) {
      RowCalls.run(
          code,
          weights,
          prepared,
          b * IntegerVectors.vectorBytes(cols),
          IntegerVectors.groups(cols),
          y,
          yOffset + b * yStride,
          format.byteSize(cols),
          rowBegin,
          rowEnd);
    }
  }
}
