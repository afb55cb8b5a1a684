package io.quant4j.kernels.vector.decode;

import static io.quant4j.kernels.vector.VectorWidth.BYTES;
import static io.quant4j.kernels.vector.VectorWidth.LANES;
import static io.quant4j.kernels.vector.VectorWidth.PARTS;

import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q4_0;
import io.quant4j.kernels.vector.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorOperators;

/** {@link Q4_0}: the lower nibbles are the first half of a block, the upper the second. */
public final class Q4Decoder implements RowDecoder {
  private static final int STEP = BYTES.length();
  private static final int HALF = Q4_0.BLOCK_ELEMENTS / 2;
  private static final byte ZERO_CODE = 8;

  /** Stateless. */
  public Q4Decoder() {}

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    long block = byteOffset;
    for (int out = targetOffset; out < targetOffset + elements; out += Q4_0.BLOCK_ELEMENTS) {
      float d = LittleEndian.half(source, block + Q4_0.D_OFFSET);
      for (int i = 0; i < HALF; i += STEP) {
        ByteVector codes = Lanes.bytes(source, block + Q4_0.QS_OFFSET + i);
        ByteVector low = codes.and((byte) 15).sub(ZERO_CODE);
        ByteVector high = codes.lanewise(VectorOperators.LSHR, 4).sub(ZERO_CODE);
        for (int part = 0; part < PARTS; part++) {
          int at = out + i + part * LANES;
          Lanes.floats(low, part).mul(d).intoArray(target, at);
          Lanes.floats(high, part).mul(d).intoArray(target, at + HALF);
        }
      }
      block += Q4_0.BLOCK_BYTES;
    }
  }
}
