package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.IQ4_XS;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products with IQ4_XS weights: eight groups in the layout of IQ4_NL, with a scale of 6 bits each.
 */
public final class VectorIQ4_XS implements MatMulKernel, RowDecoder {
  private static final IQ4_XS FORMAT = new IQ4_XS();
  private static final int GROUPS = IQ4_XS.BLOCK_ELEMENTS / IQ4_XS.GROUP_ELEMENTS;
  private static final int HALF = IQ4_XS.GROUP_ELEMENTS / 2;

  /** Stateless. */
  public VectorIQ4_XS() {}

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
      long block = rowAt + (long) b * IQ4_XS.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + IQ4_XS.D_OFFSET);
      int low = weights.get(LittleEndian.INT, block + IQ4_XS.SCALES_L_OFFSET);
      int high = weights.get(LittleEndian.SHORT, block + IQ4_XS.SCALES_H_OFFSET);
      for (int s = 0; s < GROUPS; s++) {
        float scale = d * scale(low, high, s);
        IntVector codes = Sixteen.packed(weights, block + IQ4_XS.QS_OFFSET + s * HALF);
        for (int half = 0; half < 2; half++) {
          int at = xOffset + b * IQ4_XS.BLOCK_ELEMENTS + (2 * s + half) * HALF;
          ByteVector values = Lookup.nonLinear(Sixteen.bits(codes, 4 * half, Sixteen.NIBBLE));
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
      long block = (long) b * IQ4_XS.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + IQ4_XS.D_OFFSET);
      int low = stored.get(LittleEndian.INT, block + IQ4_XS.SCALES_L_OFFSET);
      int high = stored.get(LittleEndian.SHORT, block + IQ4_XS.SCALES_H_OFFSET);
      for (int s = 0; s < GROUPS; s++) {
        float scale = d * scale(low, high, s);
        IntVector codes = Sixteen.packed(stored, block + IQ4_XS.QS_OFFSET + s * HALF);
        for (int half = 0; half < 2; half++) {
          int at = targetOffset + b * IQ4_XS.BLOCK_ELEMENTS + (2 * s + half) * HALF;
          ByteVector values = Lookup.nonLinear(Sixteen.bits(codes, 4 * half, Sixteen.NIBBLE));
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

  private static int scale(int low, int high, int group) {
    return (low >>> 4 * group & 15 | (high >>> 2 * group & 3) << 4) - IQ4_XS.ZERO_SCALE;
  }
}
