package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.IQ2_XS;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

/** Products with IQ2_XS weights: a number of 16 bits is the index of a point and its signs. */
public final class VectorIQ2_XS implements MatMulKernel, RowDecoder {
  private static final IQ2_XS FORMAT = new IQ2_XS();
  private static final int GROUPS = IQ2_XS.BLOCK_ELEMENTS / Points.GROUP_ELEMENTS;
  private static final int INDEX = (1 << IQ2_XS.INDEX_BITS) - 1;

  /** Stateless. */
  public VectorIQ2_XS() {}

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
      long block = rowAt + (long) b * IQ2_XS.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + IQ2_XS.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        long codes = weights.get(LittleEndian.LONG, block + IQ2_XS.QS_OFFSET + 8 * g);
        int scales = LittleEndian.unsignedByte(weights, block + IQ2_XS.SCALES_OFFSET + g);
        for (int half = 0; half < 2; half++) {
          float scale = d * (0.5f + (scales >> 4 * half & 15)) * 0.25f;
          int at = xOffset + b * IQ2_XS.BLOCK_ELEMENTS + (2 * g + half) * Sixteen.LENGTH;
          ByteVector values = Sixteen.of(point(codes, 2 * half), point(codes, 2 * half + 1));
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
      long block = (long) b * IQ2_XS.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + IQ2_XS.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        long codes = stored.get(LittleEndian.LONG, block + IQ2_XS.QS_OFFSET + 8 * g);
        int scales = LittleEndian.unsignedByte(stored, block + IQ2_XS.SCALES_OFFSET + g);
        for (int half = 0; half < 2; half++) {
          float scale = d * (0.5f + (scales >> 4 * half & 15)) * 0.25f;
          int at = targetOffset + b * IQ2_XS.BLOCK_ELEMENTS + (2 * g + half) * Sixteen.LENGTH;
          ByteVector values = Sixteen.of(point(codes, 2 * half), point(codes, 2 * half + 1));
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
  private static long point(long codes, int k) {
    int code = (int) (codes >>> 16 * k) & 0xffff;
    return Points.signed(Points.IQ2_XS[code & INDEX], Points.EVEN_SIGNS[code >> IQ2_XS.INDEX_BITS]);
  }
}
