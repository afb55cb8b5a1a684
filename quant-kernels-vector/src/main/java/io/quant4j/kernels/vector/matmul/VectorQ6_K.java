package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q6_K;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
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
      y[yOffset + r] = dot(weights, r * rowBytes, x, xOffset, cols);
    }
  }

  private static float dot(MemorySegment weights, long rowAt, float[] x, int xOffset, int cols) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    int blocks = Rows.blocks(FORMAT, cols);
    for (int b = 0; b < blocks; b++) {
      long block = rowAt + (long) b * Q6_K.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + Q6_K.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        float scale = d * LittleEndian.signedByte(weights, block + Q6_K.SCALES_OFFSET + g);
        IntVector low = Sixteen.packed(weights, block + Q6_K.QL_OFFSET + ql(g));
        IntVector high = Sixteen.packed(weights, block + Q6_K.QH_OFFSET + TwoBits.offset(g));
        int at = xOffset + b * Q6_K.BLOCK_ELEMENTS + g * Q6_K.GROUP_ELEMENTS;
        ByteVector values = code(low, high, g);
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
      long block = (long) b * Q6_K.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + Q6_K.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        float scale = d * LittleEndian.signedByte(stored, block + Q6_K.SCALES_OFFSET + g);
        IntVector low = Sixteen.packed(stored, block + Q6_K.QL_OFFSET + ql(g));
        IntVector high = Sixteen.packed(stored, block + Q6_K.QH_OFFSET + TwoBits.offset(g));
        int at = targetOffset + b * Q6_K.BLOCK_ELEMENTS + g * Q6_K.GROUP_ELEMENTS;
        ByteVector values = code(low, high, g);
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

  /** Where the lower bits of a group begin: 64 bytes per half, 32 per odd quarter, 16 per group. */
  private static int ql(int group) {
    return (group >> 3) * 64 + (group >> 1 & 1) * 32 + (group & 1) * Q6_K.GROUP_ELEMENTS;
  }

  private static ByteVector code(IntVector low, IntVector high, int group) {
    IntVector upper = TwoBits.codes(high, group).lanewise(VectorOperators.LSHL, 4);
    return Sixteen.bits(low, group & 4, Sixteen.NIBBLE)
        .or(upper)
        .reinterpretAsBytes()
        .sub((byte) Q6_K.ZERO_CODE);
  }
}
