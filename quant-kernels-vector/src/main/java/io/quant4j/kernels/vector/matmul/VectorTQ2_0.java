package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.TQ2_0;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products with TQ2_0 weights. Half a block (128 elements) is four quarters whose codes share 32
 * bytes.
 */
public final class VectorTQ2_0 implements MatMulKernel, RowDecoder {
  private static final TQ2_0 FORMAT = new TQ2_0();
  private static final int GROUP_ELEMENTS = Sixteen.LENGTH;
  private static final int GROUPS = TQ2_0.BLOCK_ELEMENTS / GROUP_ELEMENTS;

  /** Stateless. */
  public VectorTQ2_0() {}

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
      long block = rowAt + (long) b * TQ2_0.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + TQ2_0.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        IntVector packed = Sixteen.packed(weights, block + TQ2_0.QS_OFFSET + TwoBits.offset(g));
        int at = xOffset + b * TQ2_0.BLOCK_ELEMENTS + g * GROUP_ELEMENTS;
        ByteVector values =
            TwoBits.codes(packed, g).reinterpretAsBytes().sub((byte) TQ2_0.ZERO_CODE);
        sum = Sixteen.first(values).mul(d).fma(Lanes.floats(x, at), sum);
        if (COUNT == 8) {
          sum = Sixteen.first(Sixteen.next(values)).mul(d).fma(Lanes.floats(x, at + COUNT), sum);
        }
        for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
          values = Sixteen.next(values);
          sum = Sixteen.first(values).mul(d).fma(Lanes.floats(x, at + i), sum);
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
      long block = (long) b * TQ2_0.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + TQ2_0.D_OFFSET);
      for (int g = 0; g < GROUPS; g++) {
        IntVector packed = Sixteen.packed(stored, block + TQ2_0.QS_OFFSET + TwoBits.offset(g));
        int at = targetOffset + b * TQ2_0.BLOCK_ELEMENTS + g * GROUP_ELEMENTS;
        ByteVector values =
            TwoBits.codes(packed, g).reinterpretAsBytes().sub((byte) TQ2_0.ZERO_CODE);
        Sixteen.first(values).mul(d).intoArray(target, at);
        if (COUNT == 8) {
          Sixteen.first(Sixteen.next(values)).mul(d).intoArray(target, at + COUNT);
        }
        for (int i = COUNT; COUNT < 8 && i < Sixteen.LENGTH; i += COUNT) {
          values = Sixteen.next(values);
          Sixteen.first(values).mul(d).intoArray(target, at + i);
        }
      }
    }
  }
}
