package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.TQ1_0;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Products with TQ1_0 weights. A byte holds five codes as a fraction to base 3: three times the
 * fraction has the next code before the point.
 */
public final class VectorTQ1_0 implements MatMulKernel, RowDecoder {
  private static final TQ1_0 FORMAT = new TQ1_0();
  private static final int DIGITS = 5;
  private static final ByteVector MINUS_ONE = Sixteen.all(-TQ1_0.ZERO_CODE);
  private static final byte ONE_THIRD = 86;
  private static final byte TWO_THIRDS = (byte) 171;
  private static final ByteVector POWERS =
      Sixteen.bytes(new byte[] {1, 1, 1, 1, 3, 3, 3, 3, 9, 9, 9, 9, 27, 27, 27, 27}, 0);

  /** Stateless. */
  public VectorTQ1_0() {}

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
    byte[] codes = new byte[TQ1_0.BLOCK_ELEMENTS];
    for (int b = 0; b < blocks; b++) {
      long block = rowAt + (long) b * TQ1_0.BLOCK_BYTES;
      float d = LittleEndian.half(weights, block + TQ1_0.D_OFFSET);
      unpack(weights, block, codes);
      for (int g = 0; g < TQ1_0.BLOCK_ELEMENTS; g += Sixteen.LENGTH) {
        int at = xOffset + b * TQ1_0.BLOCK_ELEMENTS + g;
        ByteVector values = Sixteen.bytes(codes, g);
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
    byte[] codes = new byte[TQ1_0.BLOCK_ELEMENTS];
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * TQ1_0.BLOCK_BYTES;
      float d = LittleEndian.half(stored, block + TQ1_0.D_OFFSET);
      unpack(stored, block, codes);
      for (int g = 0; g < TQ1_0.BLOCK_ELEMENTS; g += Sixteen.LENGTH) {
        int at = targetOffset + b * TQ1_0.BLOCK_ELEMENTS + g;
        ByteVector values = Sixteen.bytes(codes, g);
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

  /** Stores the codes of a block, less {@link TQ1_0#ZERO_CODE}. */
  private static void unpack(MemorySegment row, long block, byte[] codes) {
    for (int from = 0; from < 3 * Sixteen.LENGTH; from += Sixteen.LENGTH) {
      ByteVector rest = Sixteen.bytes(row, block + TQ1_0.QS_OFFSET + from);
      int to = from < 32 ? from : 160;
      int step = from < 32 ? 32 : 16;
      for (int n = 0; n < DIGITS; n++) {
        code(rest).intoArray(codes, to + n * step);
        rest = rest.add(rest).add(rest);
      }
    }
    ByteVector last = Sixteen.repeated(row.get(LittleEndian.INT, block + TQ1_0.QH_OFFSET));
    code(last.mul(POWERS)).intoArray(codes, 240);
  }

  private static ByteVector code(ByteVector fractions) {
    return MINUS_ONE
        .add((byte) 1, fractions.compare(VectorOperators.UGE, ONE_THIRD))
        .add((byte) 1, fractions.compare(VectorOperators.UGE, TWO_THIRDS));
  }
}
