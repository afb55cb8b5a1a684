package io.quant4j.kernels.vector.decode;

import static io.quant4j.kernels.vector.VectorWidth.BYTES;
import static io.quant4j.kernels.vector.VectorWidth.LANES;
import static io.quant4j.kernels.vector.VectorWidth.PARTS;

import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q6_K;
import io.quant4j.kernels.vector.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link Q6_K}: in each half of a block, 64 bytes of nibbles and 32 bytes of upper bits hold four
 * quarters of 32 elements.
 */
public final class Q6KDecoder implements RowDecoder {
  private static final int STEP = BYTES.length();
  private static final int QUARTER = 32;
  private static final int SCALES_PER_HALF = 8;
  private static final byte ZERO_CODE = Q6_K.ZERO_CODE;

  /** Stateless. */
  public Q6KDecoder() {}

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    long block = byteOffset;
    for (int out = targetOffset; out < targetOffset + elements; out += Q6_K.BLOCK_ELEMENTS) {
      float d = LittleEndian.half(source, block + Q6_K.D_OFFSET);
      for (int half = 0; half < 2; half++) {
        decodeHalf(
            source,
            block + Q6_K.QL_OFFSET + half * 2 * QUARTER,
            block + Q6_K.QH_OFFSET + half * QUARTER,
            block + Q6_K.SCALES_OFFSET + half * SCALES_PER_HALF,
            d,
            target,
            out + half * 4 * QUARTER);
      }
      block += Q6_K.BLOCK_BYTES;
    }
  }

  private static void decodeHalf(
      MemorySegment source,
      long lowAt,
      long highAt,
      long scalesAt,
      float d,
      float[] target,
      int out) {
    for (int i = 0; i < QUARTER; i += STEP) {
      ByteVector first = Lanes.bytes(source, lowAt + i);
      ByteVector second = Lanes.bytes(source, lowAt + QUARTER + i);
      ByteVector tops = Lanes.bytes(source, highAt + i);
      ByteVector q0 = join(first.and((byte) 15), tops.lanewise(VectorOperators.LSHL, 4));
      ByteVector q1 = join(second.and((byte) 15), tops.lanewise(VectorOperators.LSHL, 2));
      ByteVector q2 = join(first.lanewise(VectorOperators.LSHR, 4), tops);
      ByteVector q3 =
          join(
              second.lanewise(VectorOperators.LSHR, 4), tops.lanewise(VectorOperators.LSHR, 2));
      for (int part = 0; part < PARTS; part++) {
        int e = i + part * LANES;
        long scale = scalesAt + e / Q6_K.GROUP_ELEMENTS;
        put(q0, part, d * LittleEndian.signedByte(source, scale), target, out + e);
        put(q1, part, d * LittleEndian.signedByte(source, scale + 2), target, out + e + QUARTER);
        put(
            q2, part, d * LittleEndian.signedByte(source, scale + 4), target, out + e + 2 * QUARTER);
        put(
            q3, part, d * LittleEndian.signedByte(source, scale + 6), target, out + e + 3 * QUARTER);
      }
    }
  }

  /** Lower four bits of a code and, in bits 4 and 5 of {@code tops}, its upper two. */
  private static ByteVector join(ByteVector low, ByteVector tops) {
    return low.or(tops.and((byte) 0x30)).sub(ZERO_CODE);
  }

  private static void put(ByteVector codes, int part, float scale, float[] target, int at) {
    Lanes.floats(codes, part).mul(scale).intoArray(target, at);
  }
}
