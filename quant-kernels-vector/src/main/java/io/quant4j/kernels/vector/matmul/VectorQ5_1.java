package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q5_1;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products with Q5_1 weights: the layout of Q4_1, and a fifth bit for each code in a number of 32
 * bits.
 */
public final class VectorQ5_1 implements MatMulKernel, RowDecoder {
  private static final Q5_1 FORMAT = new Q5_1();
  private static final int HALF = Q5_1.BLOCK_ELEMENTS / 2;

  /** Stateless. */
  public VectorQ5_1() {}

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
      long block = rowAt + (long) b * Q5_1.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + Q5_1.D_OFFSET);
      float m = LittleEndian.half(weights, block + Q5_1.M_OFFSET);
      int upper = weights.get(LittleEndian.INT, block + Q5_1.QH_OFFSET);
      IntVector codes = Sixteen.packed(weights, block + Q5_1.QS_OFFSET);
      for (int half = 0; half < 2; half++) {
        int at = xOffset + b * Q5_1.BLOCK_ELEMENTS + half * HALF;
        ByteVector values = code(codes, upper, half);
        sum = Sixteen.first(values).mul(d).add(m).fma(Lanes.floats(x, at), sum);
        if (COUNT == 8) {
          sum =
              Sixteen.first(Sixteen.next(values))
                  .mul(d)
                  .add(m)
                  .fma(Lanes.floats(x, at + COUNT), sum);
        }
        for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
          values = Sixteen.next(values);
          sum = Sixteen.first(values).mul(d).add(m).fma(Lanes.floats(x, at + i), sum);
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
      long block = (long) b * Q5_1.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + Q5_1.D_OFFSET);
      float m = LittleEndian.half(stored, block + Q5_1.M_OFFSET);
      int upper = stored.get(LittleEndian.INT, block + Q5_1.QH_OFFSET);
      IntVector codes = Sixteen.packed(stored, block + Q5_1.QS_OFFSET);
      for (int half = 0; half < 2; half++) {
        int at = targetOffset + b * Q5_1.BLOCK_ELEMENTS + half * HALF;
        ByteVector values = code(codes, upper, half);
        Sixteen.first(values).mul(d).add(m).intoArray(target, at);
        if (COUNT == 8) {
          Sixteen.first(Sixteen.next(values)).mul(d).add(m).intoArray(target, at + COUNT);
        }
        for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
          values = Sixteen.next(values);
          Sixteen.first(values).mul(d).add(m).intoArray(target, at + i);
        }
      }
    }
  }

  private static ByteVector code(IntVector codes, int upper, int half) {
    return Sixteen.bits(codes, 4 * half, Sixteen.NIBBLE)
        .reinterpretAsBytes()
        .add((byte) 16, Sixteen.zeroBits(~upper >>> HALF * half));
  }
}
