package io.quant4j.core.kernel;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.MatMulKernel;
import java.lang.foreign.MemorySegment;

/** Decodes each row once and multiplies it with every vector of the batch. */
final class ScalarMatMul implements MatMulKernel {
  private final BlockFormat format;

  ScalarMatMul(BlockFormat format) {
    this.format = format;
  }

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
    float[] row = new float[cols];
    long rowBytes = format.byteSize(cols);
    for (int r = rowBegin; r < rowEnd; r++) {
      format.decode(weights, r * rowBytes, row, 0, cols);
      for (int b = 0; b < batch; b++) {
        y[yOffset + b * yStride + r] = dot(row, 0, x, xOffset + b * cols, cols);
      }
    }
  }

  /** Four partial sums, so that the additions need not wait for each other. */
  static float dot(float[] a, int aOffset, float[] b, int bOffset, int length) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i <= length - 4; i += 4) {
      s0 += a[aOffset + i] * b[bOffset + i];
      s1 += a[aOffset + i + 1] * b[bOffset + i + 1];
      s2 += a[aOffset + i + 2] * b[bOffset + i + 2];
      s3 += a[aOffset + i + 3] * b[bOffset + i + 3];
    }
    for (; i < length; i++) {
      s0 += a[aOffset + i] * b[bOffset + i];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
