package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.IQ2_S;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

/** Products with IQ2_S weights. */
public final class VectorIQ2_S implements MatMulKernel, RowDecoder {
  private static final IQ2_S FORMAT = new IQ2_S();
  private static final int GROUPS = IQ2_S.BLOCK_ELEMENTS / Points.GROUP_ELEMENTS;

  /** Stateless. */
  public VectorIQ2_S() {}

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
      long block = rowAt + (long) b * IQ2_S.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + IQ2_S.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        int low = weights.get(LittleEndian.INT, block + IQ2_S.QS_OFFSET + 4 * g);
        int high = LittleEndian.unsignedByte(weights, block + IQ2_S.QH_OFFSET + g);
        int signs = weights.get(LittleEndian.INT, block + IQ2_S.SIGNS_OFFSET + 4 * g);
        int scales = LittleEndian.unsignedByte(weights, block + IQ2_S.SCALES_OFFSET + g);
        for (int half = 0; half < 2; half++) {
          float scale = d * (0.5f + (scales >> 4 * half & 15)) * 0.25f;
          int at = xOffset + b * IQ2_S.BLOCK_ELEMENTS + (2 * g + half) * Sixteen.LENGTH;
          ByteVector values =
              Sixteen.of(point(low, high, signs, 2 * half), point(low, high, signs, 2 * half + 1));
          sum = Sixteen.first(values).mul(scale).fma(Lanes.floats(x, at), sum);
          if (COUNT == 8) {
            sum =
                Sixteen.first(Sixteen.next(values))
                    .mul(scale)
                    .fma(Lanes.floats(x, at + COUNT), sum);
          }
          for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
            values = Sixteen.next(values);
            sum = Sixteen.first(values).mul(scale).fma(Lanes.floats(x, at + i), sum);
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
      long block = (long) b * IQ2_S.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + IQ2_S.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        int low = stored.get(LittleEndian.INT, block + IQ2_S.QS_OFFSET + 4 * g);
        int high = LittleEndian.unsignedByte(stored, block + IQ2_S.QH_OFFSET + g);
        int signs = stored.get(LittleEndian.INT, block + IQ2_S.SIGNS_OFFSET + 4 * g);
        int scales = LittleEndian.unsignedByte(stored, block + IQ2_S.SCALES_OFFSET + g);
        for (int half = 0; half < 2; half++) {
          float scale = d * (0.5f + (scales >> 4 * half & 15)) * 0.25f;
          int at = targetOffset + b * IQ2_S.BLOCK_ELEMENTS + (2 * g + half) * Sixteen.LENGTH;
          ByteVector values =
              Sixteen.of(point(low, high, signs, 2 * half), point(low, high, signs, 2 * half + 1));
          Sixteen.first(values).mul(scale).intoArray(target, at);
          if (COUNT == 8) {
            Sixteen.first(Sixteen.next(values)).mul(scale).intoArray(target, at + COUNT);
          }
          for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
            values = Sixteen.next(values);
            Sixteen.first(values).mul(scale).intoArray(target, at + i);
          }
        }
      }
    }
  }

  /** Eight signed magnitudes: elements 8k to 8k + 7 of a group. */
  private static long point(int low, int high, int signs, int k) {
    int index = low >> 8 * k & 0xff | (high >> 2 * k & 3) << 8;
    return Points.signed(Points.IQ2_S[index], Points.SIGNS[signs >> 8 * k & 0xff]);
  }
}
