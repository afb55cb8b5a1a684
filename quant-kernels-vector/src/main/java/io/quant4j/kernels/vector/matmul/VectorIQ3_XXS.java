package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.IQ3_XXS;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

/** Products with IQ3_XXS weights. Points have four elements; two of them share eight signs. */
public final class VectorIQ3_XXS implements MatMulKernel, RowDecoder {
  private static final IQ3_XXS FORMAT = new IQ3_XXS();
  private static final int GROUPS = IQ3_XXS.BLOCK_ELEMENTS / Points.GROUP_ELEMENTS;

  /** Stateless. */
  public VectorIQ3_XXS() {}

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
      long block = rowAt + (long) b * IQ3_XXS.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + IQ3_XXS.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        long indexes = weights.get(LittleEndian.LONG, block + IQ3_XXS.QS_OFFSET + 8 * g);
        int signs = weights.get(LittleEndian.INT, block + IQ3_XXS.SCALES_AND_SIGNS_OFFSET + 4 * g);
        float scale = d * (0.5f + (signs >>> 28)) * 0.5f;
        for (int half = 0; half < 2; half++) {
          int at = xOffset + b * IQ3_XXS.BLOCK_ELEMENTS + (2 * g + half) * Sixteen.LENGTH;
          ByteVector values =
              Sixteen.of(point(indexes, signs, 2 * half), point(indexes, signs, 2 * half + 1));
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
      long block = (long) b * IQ3_XXS.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + IQ3_XXS.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        long indexes = stored.get(LittleEndian.LONG, block + IQ3_XXS.QS_OFFSET + 8 * g);
        int signs = stored.get(LittleEndian.INT, block + IQ3_XXS.SCALES_AND_SIGNS_OFFSET + 4 * g);
        float scale = d * (0.5f + (signs >>> 28)) * 0.5f;
        for (int half = 0; half < 2; half++) {
          int at = targetOffset + b * IQ3_XXS.BLOCK_ELEMENTS + (2 * g + half) * Sixteen.LENGTH;
          ByteVector values =
              Sixteen.of(point(indexes, signs, 2 * half), point(indexes, signs, 2 * half + 1));
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
  private static long point(long indexes, int signs, int k) {
    int pair = (int) (indexes >>> 16 * k);
    long magnitudes = Points.IQ3_XXS[pair & 0xff] | Points.IQ3_XXS[pair >> 8 & 0xff] << 32;
    return Points.signed(magnitudes, Points.EVEN_SIGNS[signs >> 7 * k & 0x7f]);
  }
}
