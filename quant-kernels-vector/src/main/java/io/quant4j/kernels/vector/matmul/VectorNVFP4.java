package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.NVFP4;
import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sixteen;
import io.quant4j.kernels.vector.lanes.Sum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

/**
 * Products with NVFP4 weights. Eight bytes are the sixteen codes of a group: lower halves, then
 * upper ones.
 */
public final class VectorNVFP4 implements MatMulKernel, RowDecoder {
  private static final NVFP4 FORMAT = new NVFP4();
  private static final int GROUPS = NVFP4.BLOCK_ELEMENTS / NVFP4.GROUP_ELEMENTS;
  private static final int GROUP_BYTES = NVFP4.GROUP_ELEMENTS / 2;
  private static final float[] HALF_SCALES = halfScales();

  /** Stateless. */
  public VectorNVFP4() {}

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
      long block = rowAt + (long) b * NVFP4.BLOCK_BYTES;
      for (int s = 0; s < GROUPS; s++) {
        float d = HALF_SCALES[LittleEndian.unsignedByte(weights, block + NVFP4.D_OFFSET + s)];
        long codes = weights.get(LittleEndian.LONG, block + NVFP4.QS_OFFSET + s * GROUP_BYTES);
        int at = xOffset + b * NVFP4.BLOCK_ELEMENTS + s * NVFP4.GROUP_ELEMENTS;
        ByteVector values = Lookup.doubledFloats(Sixteen.nibbles(codes));
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
      long block = (long) b * NVFP4.BLOCK_BYTES;
      for (int s = 0; s < GROUPS; s++) {
        float d = HALF_SCALES[LittleEndian.unsignedByte(stored, block + NVFP4.D_OFFSET + s)];
        long codes = stored.get(LittleEndian.LONG, block + NVFP4.QS_OFFSET + s * GROUP_BYTES);
        int at = targetOffset + b * NVFP4.BLOCK_ELEMENTS + s * NVFP4.GROUP_ELEMENTS;
        ByteVector values = Lookup.doubledFloats(Sixteen.nibbles(codes));
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

  private static float[] halfScales() {
    float[] scales = new float[256];
    for (int bits = 0; bits < scales.length; bits++) {
      scales[bits] = NVFP4.halfScale(bits);
    }
    return scales;
  }
}
