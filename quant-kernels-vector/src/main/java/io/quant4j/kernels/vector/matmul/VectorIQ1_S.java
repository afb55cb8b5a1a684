package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.IQ1_S;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

/** Products with IQ1_S weights, signs or zeros that are all raised or lowered by an eighth. */
public final class VectorIQ1_S implements MatMulKernel, RowDecoder {
  private static final IQ1_S FORMAT = new IQ1_S();
  private static final int GROUPS = IQ1_S.BLOCK_ELEMENTS / Points.GROUP_ELEMENTS;

  /** Stateless. */
  public VectorIQ1_S() {}

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
      long block = rowAt + (long) b * IQ1_S.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + IQ1_S.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        int low = weights.get(LittleEndian.INT, block + IQ1_S.QS_OFFSET + 4 * g);
        short high = weights.get(LittleEndian.SHORT, block + IQ1_S.QH_OFFSET + 2 * g);
        float shift = high < 0 ? -IQ1_S.SHIFT : IQ1_S.SHIFT;
        float scale = d * (2 * (high >> 12 & 7) + 1);
        for (int half = 0; half < 2; half++) {
          int at = xOffset + b * IQ1_S.BLOCK_ELEMENTS + (2 * g + half) * Sixteen.LENGTH;
          ByteVector values =
              Sixteen.of(point(low, high, 2 * half), point(low, high, 2 * half + 1));
          sum = Sixteen.first(values).add(shift).mul(scale).fma(Lanes.floats(x, at), sum);
          if (COUNT == 8) {
            sum =
                Sixteen.first(Sixteen.next(values))
                    .add(shift)
                    .mul(scale)
                    .fma(Lanes.floats(x, at + COUNT), sum);
          }
          for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
            values = Sixteen.next(values);
            sum = Sixteen.first(values).add(shift).mul(scale).fma(Lanes.floats(x, at + i), sum);
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
      long block = (long) b * IQ1_S.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + IQ1_S.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        int low = stored.get(LittleEndian.INT, block + IQ1_S.QS_OFFSET + 4 * g);
        short high = stored.get(LittleEndian.SHORT, block + IQ1_S.QH_OFFSET + 2 * g);
        float shift = high < 0 ? -IQ1_S.SHIFT : IQ1_S.SHIFT;
        float scale = d * (2 * (high >> 12 & 7) + 1);
        for (int half = 0; half < 2; half++) {
          int at = targetOffset + b * IQ1_S.BLOCK_ELEMENTS + (2 * g + half) * Sixteen.LENGTH;
          ByteVector values =
              Sixteen.of(point(low, high, 2 * half), point(low, high, 2 * half + 1));
          Sixteen.first(values).add(shift).mul(scale).intoArray(target, at);
          if (COUNT == 8) {
            Sixteen.first(Sixteen.next(values)).add(shift).mul(scale).intoArray(target, at + COUNT);
          }
          for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
            values = Sixteen.next(values);
            Sixteen.first(values).add(shift).mul(scale).intoArray(target, at + i);
          }
        }
      }
    }
  }

  /** Eight signs or zeros: elements 8k to 8k + 7 of a group. */
  private static long point(int low, int high, int k) {
    return Points.IQ1_S[low >> 8 * k & 0xff | (high >> 3 * k & 7) << 8];
  }
}
