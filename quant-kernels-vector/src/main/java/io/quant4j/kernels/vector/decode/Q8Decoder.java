package io.quant4j.kernels.vector.decode;

import static io.quant4j.kernels.vector.VectorWidth.BYTES;
import static io.quant4j.kernels.vector.VectorWidth.LANES;
import static io.quant4j.kernels.vector.VectorWidth.PARTS;

import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q8_0;
import io.quant4j.kernels.vector.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;

/** {@link Q8_0}: bytes widened and multiplied with the block's scale. */
public final class Q8Decoder implements RowDecoder {
  private static final int STEP = BYTES.length();

  /** Stateless. */
  public Q8Decoder() {}

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    long block = byteOffset;
    for (int out = targetOffset; out < targetOffset + elements; out += Q8_0.BLOCK_ELEMENTS) {
      float d = LittleEndian.half(source, block + Q8_0.D_OFFSET);
      for (int i = 0; i < Q8_0.BLOCK_ELEMENTS; i += STEP) {
        ByteVector codes = Lanes.bytes(source, block + Q8_0.QS_OFFSET + i);
        for (int part = 0; part < PARTS; part++) {
          Lanes.floats(codes, part).mul(d).intoArray(target, out + i + part * LANES);
        }
      }
      block += Q8_0.BLOCK_BYTES;
    }
  }
}
