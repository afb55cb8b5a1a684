package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.F16;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sum;
import io.quant4j.kernels.vector.lanes.Widen;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Products with F16 weights, of rows of any length. */
public final class VectorF16 implements MatMulKernel, RowDecoder {
  private static final F16 FORMAT = new F16();

  /** Stateless. */
  public VectorF16() {}

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
    int whole = Lanes.FLOATS.loopBound(cols);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector w = Widen.binary16(Lanes.shorts(weights, rowAt + (long) i * F16.BLOCK_BYTES));
      sum = w.fma(Lanes.floats(x, xOffset + i), sum);
    }
    if (whole < cols) {
      VectorMask<Float> rest = Lanes.first(cols - whole);
      FloatVector w =
          Widen.binary16(Lanes.shorts(weights, rowAt + (long) whole * F16.BLOCK_BYTES, rest));
      sum = w.fma(Lanes.floats(x, xOffset + whole, rest), sum);
    }
    return Sum.of(sum);
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    MemorySegment blocks = source.asSlice(byteOffset, FORMAT.byteSize(elements));
    int whole = Lanes.FLOATS.loopBound(elements);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector w = Widen.binary16(Lanes.shorts(blocks, (long) i * F16.BLOCK_BYTES));
      w.intoArray(target, targetOffset + i);
    }
    if (whole < elements) {
      VectorMask<Float> rest = Lanes.first(elements - whole);
      FloatVector w = Widen.binary16(Lanes.shorts(blocks, (long) whole * F16.BLOCK_BYTES, rest));
      w.intoArray(target, targetOffset + whole, rest);
    }
  }
}
