package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q4_K;
import io.quant4j.core.format.SixBitScales;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products with Q4_K weights. The bytes of two groups are the same, lower and upper halves, so they
 * are read once for each.
 */
public final class VectorQ4_K implements MatMulKernel, RowDecoder {
  private static final Q4_K FORMAT = new Q4_K();
  private static final int GROUPS = Q4_K.BLOCK_ELEMENTS / Q4_K.GROUP_ELEMENTS;

  /** Stateless. */
  public VectorQ4_K() {}

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
      long block = rowAt + (long) b * Q4_K.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + Q4_K.D_OFFSET);
      float dmin = LittleEndian.half(weights, block + Q4_K.DMIN_OFFSET);
      long scales = SixBitScales.scales(weights, block + Q4_K.SCALES_OFFSET);
      long minimums = SixBitScales.minimums(weights, block + Q4_K.SCALES_OFFSET);
      for (int s = 0; s < GROUPS; s++) {
        float scale = d * SixBitScales.at(scales, s);
        float minimum = dmin * SixBitScales.at(minimums, s);
        long qs = block + Q4_K.QS_OFFSET + (s >> 1) * Q4_K.GROUP_ELEMENTS;
        for (int j = 0; j < Q4_K.GROUP_ELEMENTS; j += Sixteen.LENGTH) {
          int at = xOffset + b * Q4_K.BLOCK_ELEMENTS + s * Q4_K.GROUP_ELEMENTS + j;
          IntVector low = Sixteen.packed(weights, qs + j);
          ByteVector values = Sixteen.bits(low, 4 * (s & 1), Sixteen.NIBBLE).reinterpretAsBytes();
          sum = Sixteen.first(values).mul(scale).sub(minimum).fma(Lanes.floats(x, at), sum);
          if (COUNT == 8) {
            sum =
                Sixteen.first(Sixteen.next(values))
                    .mul(scale)
                    .sub(minimum)
                    .fma(Lanes.floats(x, at + COUNT), sum);
          }
          for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
            values = Sixteen.next(values);
            sum = Sixteen.first(values).mul(scale).sub(minimum).fma(Lanes.floats(x, at + i), sum);
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
      long block = (long) b * Q4_K.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + Q4_K.D_OFFSET);
      float dmin = LittleEndian.half(stored, block + Q4_K.DMIN_OFFSET);
      long scales = SixBitScales.scales(stored, block + Q4_K.SCALES_OFFSET);
      long minimums = SixBitScales.minimums(stored, block + Q4_K.SCALES_OFFSET);
      for (int s = 0; s < GROUPS; s++) {
        float scale = d * SixBitScales.at(scales, s);
        float minimum = dmin * SixBitScales.at(minimums, s);
        long qs = block + Q4_K.QS_OFFSET + (s >> 1) * Q4_K.GROUP_ELEMENTS;
        for (int j = 0; j < Q4_K.GROUP_ELEMENTS; j += Sixteen.LENGTH) {
          int at = targetOffset + b * Q4_K.BLOCK_ELEMENTS + s * Q4_K.GROUP_ELEMENTS + j;
          IntVector low = Sixteen.packed(stored, qs + j);
          ByteVector values = Sixteen.bits(low, 4 * (s & 1), Sixteen.NIBBLE).reinterpretAsBytes();
          Sixteen.first(values).mul(scale).sub(minimum).intoArray(target, at);
          if (COUNT == 8) {
            Sixteen.first(Sixteen.next(values))
                .mul(scale)
                .sub(minimum)
                .intoArray(target, at + COUNT);
          }
          for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
            values = Sixteen.next(values);
            Sixteen.first(values).mul(scale).sub(minimum).intoArray(target, at + i);
          }
        }
      }
    }
  }
}
