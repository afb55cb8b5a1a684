package io.quant4j.kernels.vector.decode;

import static io.quant4j.kernels.vector.VectorWidth.BYTES;
import static io.quant4j.kernels.vector.VectorWidth.LANES;
import static io.quant4j.kernels.vector.VectorWidth.PARTS;

import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q5_K;
import io.quant4j.core.format.SixBitScales;
import io.quant4j.kernels.vector.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorOperators;

/** {@link Q5_K}: as {@link Q4KDecoder}, with bit 2p and 2p + 1 of {@code qh} on top of pair p. */
public final class Q5KDecoder implements RowDecoder {
  private static final int STEP = BYTES.length();
  private static final int GROUP = Q5_K.GROUP_ELEMENTS;

  /** Stateless. */
  public Q5KDecoder() {}

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    long block = byteOffset;
    for (int out = targetOffset; out < targetOffset + elements; out += Q5_K.BLOCK_ELEMENTS) {
      float d = LittleEndian.half(source, block + Q5_K.D_OFFSET);
      float dmin = LittleEndian.half(source, block + Q5_K.DMIN_OFFSET);
      long scales = SixBitScales.scales(source, block + Q5_K.SCALES_OFFSET);
      long minimums = SixBitScales.minimums(source, block + Q5_K.SCALES_OFFSET);
      for (int pair = 0; pair < 4; pair++) {
        decodePair(
            source,
            block,
            pair,
            d * SixBitScales.at(scales, 2 * pair),
            dmin * SixBitScales.at(minimums, 2 * pair),
            d * SixBitScales.at(scales, 2 * pair + 1),
            dmin * SixBitScales.at(minimums, 2 * pair + 1),
            target,
            out + 2 * pair * GROUP);
      }
      block += Q5_K.BLOCK_BYTES;
    }
  }

  private static void decodePair(
      MemorySegment source,
      long block,
      int pair,
      float scale0,
      float minimum0,
      float scale1,
      float minimum1,
      float[] target,
      int out) {
    for (int i = 0; i < GROUP; i += STEP) {
      ByteVector codes = Lanes.bytes(source, block + Q5_K.QS_OFFSET + pair * GROUP + i);
      ByteVector tops =
          Lanes.bytes(source, block + Q5_K.QH_OFFSET + i)
              .lanewise(VectorOperators.LSHR, 2 * pair);
      ByteVector low =
          codes.and((byte) 15).or(tops.and((byte) 1).lanewise(VectorOperators.LSHL, 4));
      ByteVector high =
          codes
              .lanewise(VectorOperators.LSHR, 4)
              .or(tops.and((byte) 2).lanewise(VectorOperators.LSHL, 3));
      for (int part = 0; part < PARTS; part++) {
        int at = out + i + part * LANES;
        Lanes.floats(low, part).mul(scale0).sub(minimum0).intoArray(target, at);
        Lanes.floats(high, part).mul(scale1).sub(minimum1).intoArray(target, at + GROUP);
      }
    }
  }
}
