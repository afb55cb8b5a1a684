package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.BYTE_COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.BYTE_PARTS;
import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q8_0;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sum;
import io.quant4j.kernels.vector.lanes.Widen;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

/** Products with Q8_0 weights. */
public final class VectorQ8_0 implements MatMulKernel, RowDecoder {
  private static final Q8_0 FORMAT = new Q8_0();

  /** Stateless. */
  public VectorQ8_0() {}

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
    if (batch > 1) {
      new PanelProduct(FORMAT, this, weights, cols, x, xOffset, batch)
          .multiply(y, yOffset, yStride, rowBegin, rowEnd);
      return;
    }
    long rowBytes = FORMAT.byteSize(cols);
    for (int r = rowBegin; r < rowEnd; r++) {
      y[yOffset + r] = dot(weights.asSlice(r * rowBytes, rowBytes), x, xOffset, cols);
    }
  }

  private static float dot(MemorySegment row, float[] x, int xOffset, int cols) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    int blocks = Rows.blocks(FORMAT, cols);
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q8_0.BLOCK_BYTES;
      int at = xOffset + b * Q8_0.BLOCK_ELEMENTS;
      float d = LittleEndian.half(row, block + Q8_0.D_OFFSET);
      for (int i = 0; i < Q8_0.BLOCK_ELEMENTS; i += BYTE_COUNT) {
        ByteVector codes = Lanes.bytes(row, block + Q8_0.QS_OFFSET + i);
        sum = Widen.signed(codes, 0).mul(d).fma(Lanes.floats(x, at + i), sum);
        if (BYTE_PARTS == 2) {
          sum = Widen.signed(codes, 1).mul(d).fma(Lanes.floats(x, at + i + COUNT), sum);
        }
      }
    }
    return Sum.of(sum);
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    int blocks = Rows.blocks(FORMAT, elements);
    MemorySegment stored = source.asSlice(byteOffset, FORMAT.byteSize(elements));
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q8_0.BLOCK_BYTES;
      int at = targetOffset + b * Q8_0.BLOCK_ELEMENTS;
      float d = LittleEndian.half(stored, block + Q8_0.D_OFFSET);
      for (int i = 0; i < Q8_0.BLOCK_ELEMENTS; i += BYTE_COUNT) {
        ByteVector codes = Lanes.bytes(stored, block + Q8_0.QS_OFFSET + i);
        Widen.signed(codes, 0).mul(d).intoArray(target, at + i);
        if (BYTE_PARTS == 2) {
          Widen.signed(codes, 1).mul(d).intoArray(target, at + i + COUNT);
        }
      }
    }
  }
}
