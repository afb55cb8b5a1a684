package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.BYTE_COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.BYTE_PARTS;
import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q5_K;
import io.quant4j.core.format.SixBitScales;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sum;
import io.quant4j.kernels.vector.lanes.Widen;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Products with Q5_K weights: those of Q4_K with a fifth bit for each code, which all groups find
 * in the same bytes.
 */
public final class VectorQ5_K implements MatMulKernel, RowDecoder {
  private static final Q5_K FORMAT = new Q5_K();
  private static final int GROUPS = Q5_K.BLOCK_ELEMENTS / Q5_K.GROUP_ELEMENTS;

  /** Stateless. */
  public VectorQ5_K() {}

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
      long block = (long) b * Q5_K.BLOCK_BYTES;
      float d = LittleEndian.half(row, block + Q5_K.D_OFFSET);
      float dmin = LittleEndian.half(row, block + Q5_K.DMIN_OFFSET);
      long scales = SixBitScales.scales(row, block + Q5_K.SCALES_OFFSET);
      long minimums = SixBitScales.minimums(row, block + Q5_K.SCALES_OFFSET);
      for (int s = 0; s < GROUPS; s++) {
        float scale = d * SixBitScales.at(scales, s);
        float minimum = dmin * SixBitScales.at(minimums, s);
        long qs = block + Q5_K.QS_OFFSET + (s >> 1) * Q5_K.GROUP_ELEMENTS;
        int at = xOffset + b * Q5_K.BLOCK_ELEMENTS + s * Q5_K.GROUP_ELEMENTS;
        for (int i = 0; i < Q5_K.GROUP_ELEMENTS; i += BYTE_COUNT) {
          ByteVector low = Lanes.bytes(row, qs + i);
          ByteVector high = Lanes.bytes(row, block + Q5_K.QH_OFFSET + i);
          sum = weights(low, high, 0, s, scale, minimum).fma(Lanes.floats(x, at + i), sum);
          if (BYTE_PARTS == 2) {
            sum =
                weights(low, high, 1, s, scale, minimum).fma(Lanes.floats(x, at + i + COUNT), sum);
          }
        }
      }
    }
    return Sum.of(sum);
  }

  private static FloatVector weights(
      ByteVector low, ByteVector high, int part, int group, float scale, float minimum) {
    IntVector fifth = Widen.unsigned(high, part).lanewise(VectorOperators.LSHR, group).and(1);
    IntVector code =
        Widen.nibble(low, part, 4 * (group & 1)).or(fifth.lanewise(VectorOperators.LSHL, 4));
    return Widen.floats(code).mul(scale).sub(minimum);
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    int blocks = Rows.blocks(FORMAT, elements);
    MemorySegment stored = source.asSlice(byteOffset, FORMAT.byteSize(elements));
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q5_K.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + Q5_K.D_OFFSET);
      float dmin = LittleEndian.half(stored, block + Q5_K.DMIN_OFFSET);
      long scales = SixBitScales.scales(stored, block + Q5_K.SCALES_OFFSET);
      long minimums = SixBitScales.minimums(stored, block + Q5_K.SCALES_OFFSET);
      for (int s = 0; s < GROUPS; s++) {
        float scale = d * SixBitScales.at(scales, s);
        float minimum = dmin * SixBitScales.at(minimums, s);
        long qs = block + Q5_K.QS_OFFSET + (s >> 1) * Q5_K.GROUP_ELEMENTS;
        int at = targetOffset + b * Q5_K.BLOCK_ELEMENTS + s * Q5_K.GROUP_ELEMENTS;
        for (int i = 0; i < Q5_K.GROUP_ELEMENTS; i += BYTE_COUNT) {
          ByteVector low = Lanes.bytes(stored, qs + i);
          ByteVector high = Lanes.bytes(stored, block + Q5_K.QH_OFFSET + i);
          weights(low, high, 0, s, scale, minimum).intoArray(target, at + i);
          if (BYTE_PARTS == 2) {
            weights(low, high, 1, s, scale, minimum).intoArray(target, at + i + COUNT);
          }
        }
      }
    }
  }
}
