package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.BYTE_COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.BYTE_PARTS;
import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q6_K;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sum;
import io.quant4j.kernels.vector.lanes.Widen;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Products with Q6_K weights. Half a block (128 elements) has four quarters of two groups each; its
 * four lower bits are in 64 bytes, each shared by two quarters, its two upper ones in 32 bytes
 * shared by all.
 */
public final class VectorQ6_K implements MatMulKernel, RowDecoder {
  private static final Q6_K FORMAT = new Q6_K();
  private static final int GROUPS = Q6_K.BLOCK_ELEMENTS / Q6_K.GROUP_ELEMENTS;

  /** Stateless. */
  public VectorQ6_K() {}

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
      long block = (long) b * Q6_K.BLOCK_BYTES;
      float d = LittleEndian.half(row, block + Q6_K.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        float scale = d * LittleEndian.signedByte(row, block + Q6_K.SCALES_OFFSET + g);
        int quarter = g >> 1 & 3;
        long ql = block + Q6_K.QL_OFFSET + ql(g);
        long qh = block + Q6_K.QH_OFFSET + qh(g);
        int at = xOffset + b * Q6_K.BLOCK_ELEMENTS + g * Q6_K.GROUP_ELEMENTS;
        for (int i = 0; i < Q6_K.GROUP_ELEMENTS; i += BYTE_COUNT) {
          ByteVector low = Lanes.bytes(row, ql + i);
          ByteVector high = Lanes.bytes(row, qh + i);
          sum = weights(low, high, 0, quarter, scale).fma(Lanes.floats(x, at + i), sum);
          if (BYTE_PARTS == 2) {
            sum = weights(low, high, 1, quarter, scale).fma(Lanes.floats(x, at + i + COUNT), sum);
          }
        }
      }
    }
    return Sum.of(sum);
  }

  /** Where the lower bits of a group begin: 64 bytes per half, 32 per odd quarter, 16 per group. */
  private static int ql(int group) {
    return (group >> 3) * 64 + (group >> 1 & 1) * 32 + (group & 1) * Q6_K.GROUP_ELEMENTS;
  }

  /** Where the upper bits of a group begin: 32 bytes per half, 16 per group. */
  private static int qh(int group) {
    return (group >> 3) * 32 + (group & 1) * Q6_K.GROUP_ELEMENTS;
  }

  private static FloatVector weights(
      ByteVector low, ByteVector high, int part, int quarter, float scale) {
    IntVector upper = Widen.unsigned(high, part).lanewise(VectorOperators.LSHR, 2 * quarter).and(3);
    IntVector code =
        Widen.nibble(low, part, 4 * (quarter >> 1)).or(upper.lanewise(VectorOperators.LSHL, 4));
    return Widen.floats(code.sub(Q6_K.ZERO_CODE)).mul(scale);
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    int blocks = Rows.blocks(FORMAT, elements);
    MemorySegment stored = source.asSlice(byteOffset, FORMAT.byteSize(elements));
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q6_K.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + Q6_K.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        float scale = d * LittleEndian.signedByte(stored, block + Q6_K.SCALES_OFFSET + g);
        int quarter = g >> 1 & 3;
        long ql = block + Q6_K.QL_OFFSET + ql(g);
        long qh = block + Q6_K.QH_OFFSET + qh(g);
        int at = targetOffset + b * Q6_K.BLOCK_ELEMENTS + g * Q6_K.GROUP_ELEMENTS;
        for (int i = 0; i < Q6_K.GROUP_ELEMENTS; i += BYTE_COUNT) {
          ByteVector low = Lanes.bytes(stored, ql + i);
          ByteVector high = Lanes.bytes(stored, qh + i);
          weights(low, high, 0, quarter, scale).intoArray(target, at + i);
          if (BYTE_PARTS == 2) {
            weights(low, high, 1, quarter, scale).intoArray(target, at + i + COUNT);
          }
        }
      }
    }
  }
}
