package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q2_0;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sum;
import io.quant4j.kernels.vector.lanes.Widen;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Products with Q2_0 weights. Neighbours share a byte, so a word is given to all lanes and each
 * shifts its code into place.
 */
public final class VectorQ2_0 implements MatMulKernel, RowDecoder {
  private static final Q2_0 FORMAT = new Q2_0();

  /** Elements whose codes fill an int. */
  private static final int WORD_ELEMENTS = 16;

  /** Stateless. */
  public VectorQ2_0() {}

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
      long block = rowAt + (long) b * Q2_0.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + Q2_0.D_OFFSET);
      for (int word = 0; word < Q2_0.BLOCK_ELEMENTS; word += WORD_ELEMENTS) {
        int codes = weights.get(LittleEndian.INT, block + Q2_0.QS_OFFSET + word / 4);
        int at = xOffset + b * Q2_0.BLOCK_ELEMENTS + word;
        for (int i = 0; i < WORD_ELEMENTS; i += COUNT) {
          FloatVector w =
              Widen.floats(Widen.pairsOfBits(codes >>> 2 * i).sub(Q2_0.ZERO_CODE)).mul(d);
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
      long block = (long) b * Q2_0.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + Q2_0.D_OFFSET);
      for (int word = 0; word < Q2_0.BLOCK_ELEMENTS; word += WORD_ELEMENTS) {
        int codes = stored.get(LittleEndian.INT, block + Q2_0.QS_OFFSET + word / 4);
        int at = targetOffset + b * Q2_0.BLOCK_ELEMENTS + word;
        for (int i = 0; i < WORD_ELEMENTS; i += COUNT) {
          FloatVector w =
              Widen.floats(Widen.pairsOfBits(codes >>> 2 * i).sub(Q2_0.ZERO_CODE)).mul(d);
          w.intoArray(target, at + i);
        }
      }
    }
  }
}
