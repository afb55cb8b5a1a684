package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.BYTE_COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.BYTE_PARTS;
import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q4_K;
import io.quant4j.core.format.SixBitScales;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sum;
import io.quant4j.kernels.vector.lanes.Widen;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

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
      y[yOffset + r] = dot(weights.asSlice(r * rowBytes, rowBytes), x, xOffset, cols);
    }
  }

  private static float dot(MemorySegment row, float[] x, int xOffset, int cols) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    int blocks = Rows.blocks(FORMAT, cols);
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q4_K.BLOCK_BYTES;
      float d = LittleEndian.half(row, block + Q4_K.D_OFFSET);
      float dmin = LittleEndian.half(row, block + Q4_K.DMIN_OFFSET);
      long scales = SixBitScales.scales(row, block + Q4_K.SCALES_OFFSET);
      long minimums = SixBitScales.minimums(row, block + Q4_K.SCALES_OFFSET);
      for (int s = 0; s < GROUPS; s++) {
        float scale = d * SixBitScales.at(scales, s);
        float minimum = dmin * SixBitScales.at(minimums, s);
        long qs = block + Q4_K.QS_OFFSET + (s >> 1) * Q4_K.GROUP_ELEMENTS;
        int at = xOffset + b * Q4_K.BLOCK_ELEMENTS + s * Q4_K.GROUP_ELEMENTS;
        for (int i = 0; i < Q4_K.GROUP_ELEMENTS; i += BYTE_COUNT) {
          ByteVector low = Lanes.bytes(row, qs + i);
          sum = weights(low, 0, s, scale, minimum).fma(Lanes.floats(x, at + i), sum);
          if (BYTE_PARTS == 2) {
            sum = weights(low, 1, s, scale, minimum).fma(Lanes.floats(x, at + i + COUNT), sum);
          }
        }
      }
    }
    return Sum.of(sum);
  }

  private static FloatVector weights(
      ByteVector low, int part, int group, float scale, float minimum) {
    return Widen.floats(Widen.nibble(low, part, 4 * (group & 1))).mul(scale).sub(minimum);
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
        int at = targetOffset + b * Q4_K.BLOCK_ELEMENTS + s * Q4_K.GROUP_ELEMENTS;
        for (int i = 0; i < Q4_K.GROUP_ELEMENTS; i += BYTE_COUNT) {
          ByteVector low = Lanes.bytes(stored, qs + i);
          weights(low, 0, s, scale, minimum).intoArray(target, at + i);
          if (BYTE_PARTS == 2) {
            weights(low, 1, s, scale, minimum).intoArray(target, at + i + COUNT);
          }
        }
      }
    }
  }
}
