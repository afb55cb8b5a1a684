package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.F32;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Products with F32 weights, of rows of any length. */
public final class VectorF32 implements MatMulKernel, RowDecoder {
  private static final F32 FORMAT = new F32();

  /** Stateless. */
  public VectorF32() {}

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
      FloatVector w = Lanes.floats(weights, rowAt + (long) i * F32.BLOCK_BYTES);
      sum = w.fma(Lanes.floats(x, xOffset + i), sum);
    }
    if (whole < cols) {
      VectorMask<Float> rest = Lanes.first(cols - whole);
      FloatVector w = Lanes.floats(weights, rowAt + (long) whole * F32.BLOCK_BYTES, rest);
      sum = w.fma(Lanes.floats(x, xOffset + whole, rest), sum);
    }
    return Sum.of(sum);
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    MemorySegment.copy(source, LittleEndian.FLOAT, byteOffset, target, targetOffset, elements);
  }
}
