package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q1_0;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sum;
import io.quant4j.kernels.vector.lanes.Widen;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Products with Q1_0 weights, which are signs. */
public final class VectorQ1_0 implements MatMulKernel, RowDecoder {
  private static final Q1_0 FORMAT = new Q1_0();
  private static final int WORD_ELEMENTS = Integer.SIZE;

  /** Stateless. */
  public VectorQ1_0() {}

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
      y[yOffset + r] = dot(weights, r * rowBytes, x, xOffset, cols);
    }
  }

  private static float dot(MemorySegment weights, long rowAt, float[] x, int xOffset, int cols) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    int blocks = Rows.blocks(FORMAT, cols);
    for (int b = 0; b < blocks; b++) {
      long block = rowAt + (long) b * Q1_0.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + Q1_0.D_OFFSET);
      for (int word = 0; word < Q1_0.BLOCK_ELEMENTS; word += WORD_ELEMENTS) {
        int bits = weights.get(LittleEndian.INT, block + Q1_0.QS_OFFSET + word / Byte.SIZE);
        int at = xOffset + b * Q1_0.BLOCK_ELEMENTS + word;
        for (int i = 0; i < WORD_ELEMENTS; i += COUNT) {
          FloatVector w = Widen.withSigns(d, bits >>> i);
          sum = w.fma(Lanes.floats(x, at + i), sum);
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
      long block = (long) b * Q1_0.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + Q1_0.D_OFFSET);
      for (int word = 0; word < Q1_0.BLOCK_ELEMENTS; word += WORD_ELEMENTS) {
        int bits = stored.get(LittleEndian.INT, block + Q1_0.QS_OFFSET + word / Byte.SIZE);
        int at = targetOffset + b * Q1_0.BLOCK_ELEMENTS + word;
        for (int i = 0; i < WORD_ELEMENTS; i += COUNT) {
          FloatVector w = Widen.withSigns(d, bits >>> i);
          w.intoArray(target, at + i);
        }
      }
    }
  }
}
