package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.IQ1_M;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

/**
 * Products with IQ1_M weights, signs or zeros of which each eight are raised or lowered by an
 * eighth.
 */
public final class VectorIQ1_M implements MatMulKernel, RowDecoder {
  private static final IQ1_M FORMAT = new IQ1_M();
  private static final int GROUPS = IQ1_M.BLOCK_ELEMENTS / Points.GROUP_ELEMENTS;

  /** Stateless. */
  public VectorIQ1_M() {}

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
      long block = rowAt + (long) b * IQ1_M.BLOCK_BYTES;
      float d = IQ1_M.d(weights, block);
      for (int g = 0; g < GROUPS; g++) {
        int low = weights.get(LittleEndian.INT, block + IQ1_M.QS_OFFSET + 4 * g);
        short high = weights.get(LittleEndian.SHORT, block + IQ1_M.QH_OFFSET + 2 * g);
        int scales =
            weights.get(LittleEndian.SHORT, block + IQ1_M.SCALES_OFFSET + (g & ~1)) >> 6 * (g & 1);
        for (int half = 0; half < 2; half++) {
          float scale = d * (2 * (scales >> 3 * half & 7) + 1);
          int at = xOffset + b * IQ1_M.BLOCK_ELEMENTS + (2 * g + half) * Sixteen.LENGTH;
          ByteVector values =
              Sixteen.of(point(low, high, 2 * half), point(low, high, 2 * half + 1))
                  .sub((byte) Points.BIAS);
          sum = Sixteen.first(values).mul(IQ1_M.SHIFT).mul(scale).fma(Lanes.floats(x, at), sum);
          if (COUNT == 8) {
            sum =
                Sixteen.first(Sixteen.next(values))
                    .mul(IQ1_M.SHIFT)
                    .mul(scale)
                    .fma(Lanes.floats(x, at + COUNT), sum);
          }
          for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
            values = Sixteen.next(values);
            sum =
                Sixteen.first(values).mul(IQ1_M.SHIFT).mul(scale).fma(Lanes.floats(x, at + i), sum);
          }
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
      long block = (long) b * IQ1_M.BLOCK_BYTES;
      float d = IQ1_M.d(stored, block);
      for (int g = 0; g < GROUPS; g++) {
        int low = stored.get(LittleEndian.INT, block + IQ1_M.QS_OFFSET + 4 * g);
        short high = stored.get(LittleEndian.SHORT, block + IQ1_M.QH_OFFSET + 2 * g);
        int scales =
            stored.get(LittleEndian.SHORT, block + IQ1_M.SCALES_OFFSET + (g & ~1)) >> 6 * (g & 1);
        for (int half = 0; half < 2; half++) {
          float scale = d * (2 * (scales >> 3 * half & 7) + 1);
          int at = targetOffset + b * IQ1_M.BLOCK_ELEMENTS + (2 * g + half) * Sixteen.LENGTH;
          ByteVector values =
              Sixteen.of(point(low, high, 2 * half), point(low, high, 2 * half + 1))
                  .sub((byte) Points.BIAS);
          Sixteen.first(values).mul(IQ1_M.SHIFT).mul(scale).intoArray(target, at);
          if (COUNT == 8) {
            Sixteen.first(Sixteen.next(values))
                .mul(IQ1_M.SHIFT)
                .mul(scale)
                .intoArray(target, at + COUNT);
          }
          for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
            values = Sixteen.next(values);
            Sixteen.first(values).mul(IQ1_M.SHIFT).mul(scale).intoArray(target, at + i);
          }
        }
      }
    }
  }

  /** Eight numbers of eighths, with a bias: elements 8k to 8k + 7 of a group. */
  private static long point(int low, int high, int k) {
    int upper = high >> 4 * k;
    long raised = Points.RAISED[low >> 8 * k & 0xff | (upper & 7) << 8];
    return raised - (upper >> 3 & 1) * Points.LOWERING;
  }
}
