package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q2_K;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products with Q2_K weights: the layout of TQ2_0, with a scale and a minimum for sixteen elements.
 */
public final class VectorQ2_K implements MatMulKernel, RowDecoder {
  private static final Q2_K FORMAT = new Q2_K();
  private static final int GROUPS = Q2_K.BLOCK_ELEMENTS / Q2_K.GROUP_ELEMENTS;

  /** Stateless. */
  public VectorQ2_K() {}

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
      long block = rowAt + (long) b * Q2_K.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + Q2_K.D_OFFSET);
      float dmin = LittleEndian.half(weights, block + Q2_K.DMIN_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        int pair = LittleEndian.unsignedByte(weights, block + Q2_K.SCALES_OFFSET + g);
        float scale = d * (pair & 15);
        float minimum = dmin * (pair >> 4);
        IntVector packed = Sixteen.packed(weights, block + Q2_K.QS_OFFSET + TwoBits.offset(g));
        int at = xOffset + b * Q2_K.BLOCK_ELEMENTS + g * Q2_K.GROUP_ELEMENTS;
        ByteVector values = TwoBits.codes(packed, g).reinterpretAsBytes();
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
    return Sum.of(sum);
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    int blocks = Rows.blocks(FORMAT, elements);
    MemorySegment stored = source.asSlice(byteOffset, FORMAT.byteSize(elements));
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q2_K.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + Q2_K.D_OFFSET);
      float dmin = LittleEndian.half(stored, block + Q2_K.DMIN_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        int pair = LittleEndian.unsignedByte(stored, block + Q2_K.SCALES_OFFSET + g);
        float scale = d * (pair & 15);
        float minimum = dmin * (pair >> 4);
        IntVector packed = Sixteen.packed(stored, block + Q2_K.QS_OFFSET + TwoBits.offset(g));
        int at = targetOffset + b * Q2_K.BLOCK_ELEMENTS + g * Q2_K.GROUP_ELEMENTS;
        ByteVector values = TwoBits.codes(packed, g).reinterpretAsBytes();
        Sixteen.first(values).mul(scale).sub(minimum).intoArray(target, at);
        if (COUNT == 8) {
          Sixteen.first(Sixteen.next(values)).mul(scale).sub(minimum).intoArray(target, at + COUNT);
        }
        for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
          values = Sixteen.next(values);
          Sixteen.first(values).mul(scale).sub(minimum).intoArray(target, at + i);
        }
      }
    }
  }
}
