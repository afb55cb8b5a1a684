package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q3_K;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Products with Q3_K weights: the layout of TQ2_0, a third bit for each code, which all pairs of
 * groups find in the same 32 bytes, and a scale of 6 bits for sixteen elements.
 */
public final class VectorQ3_K implements MatMulKernel, RowDecoder {
  private static final Q3_K FORMAT = new Q3_K();
  private static final int GROUPS = Q3_K.BLOCK_ELEMENTS / Q3_K.GROUP_ELEMENTS;
  private static final long FOUR_BITS = 0x0f0f_0f0f_0f0f_0f0fL;
  private static final long TWO_BITS = 0x0303_0303L;

  /** Stateless. */
  public VectorQ3_K() {}

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
      long block = rowAt + (long) b * Q3_K.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + Q3_K.D_OFFSET);
      long scales = 0;
      for (int g = 0; g < GROUPS; g++) {
        scales = (g & 7) == 0 ? scales(weights, block, g >> 3) : scales >>> Byte.SIZE;
        float scale = d * ((int) (scales & 63) - Q3_K.ZERO_SCALE);
        IntVector packed = Sixteen.packed(weights, block + Q3_K.QS_OFFSET + TwoBits.offset(g));
        IntVector mask =
            Sixteen.packed(weights, block + Q3_K.HMASK_OFFSET + (g & 1) * Sixteen.LENGTH);
        int at = xOffset + b * Q3_K.BLOCK_ELEMENTS + g * Q3_K.GROUP_ELEMENTS;
        ByteVector values = code(packed, mask, g);
        sum = Sixteen.first(values).mul(scale).fma(Lanes.floats(x, at), sum);
        if (COUNT == 8) {
          sum =
              Sixteen.first(Sixteen.next(values)).mul(scale).fma(Lanes.floats(x, at + COUNT), sum);
        }
        for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
          values = Sixteen.next(values);
          sum = Sixteen.first(values).mul(scale).fma(Lanes.floats(x, at + i), sum);
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
      long block = (long) b * Q3_K.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + Q3_K.D_OFFSET);
      long scales = 0;
      for (int g = 0; g < GROUPS; g++) {
        scales = (g & 7) == 0 ? scales(stored, block, g >> 3) : scales >>> Byte.SIZE;
        float scale = d * ((int) (scales & 63) - Q3_K.ZERO_SCALE);
        IntVector packed = Sixteen.packed(stored, block + Q3_K.QS_OFFSET + TwoBits.offset(g));
        IntVector mask =
            Sixteen.packed(stored, block + Q3_K.HMASK_OFFSET + (g & 1) * Sixteen.LENGTH);
        int at = targetOffset + b * Q3_K.BLOCK_ELEMENTS + g * Q3_K.GROUP_ELEMENTS;
        ByteVector values = code(packed, mask, g);
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

  private static ByteVector code(IntVector packed, IntVector mask, int group) {
    IntVector upper = Sixteen.bits(mask, group >> 1, Sixteen.BIT).lanewise(VectorOperators.LSHL, 2);
    return TwoBits.codes(packed, group).or(upper).reinterpretAsBytes().sub((byte) Q3_K.ZERO_CODE);
  }

  /**
   * Eight scales, one in each byte.
   *
   * @param eight 0 for the first ones, 1 for the others
   */
  private static long scales(MemorySegment row, long block, int eight) {
    long low = row.get(LittleEndian.LONG, block + Q3_K.SCALES_OFFSET) >>> 4 * eight;
    int high = row.get(LittleEndian.INT, block + Q3_K.SCALES_OFFSET + 8) >>> 4 * eight;
    // Four bytes have the upper bits of scales j, and two bits higher those of scales j + 4.
    long upper = high & TWO_BITS | (high >>> 2 & TWO_BITS) << Integer.SIZE;
    return low & FOUR_BITS | upper << 4;
  }
}
