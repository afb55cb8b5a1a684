package io.quant4j.core.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.BlockFormat;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** The worked blocks in the documents of the formats are right. */
class DocumentedBlocksTest {

  @Test
  void q8_0_example() {
    MemorySegment block = block(Q8_0.BLOCK_BYTES, 0x00, 0x38, 0x7f, 0xff);
    assertThat(decode(new Q8_0(), block)).startsWith(63.5f, -0.5f, 0);
  }

  @Test
  void q4_0_example() {
    MemorySegment block = block(Q4_0.BLOCK_BYTES, 0x00, 0xb4, 0x70);
    float[] decoded = decode(new Q4_0(), block);
    assertThat(decoded[0]).isEqualTo(2);
    assertThat(decoded[16]).isEqualTo(0.25f);
  }

  @Test
  void q4_K_example() {
    MemorySegment block = block(Q4_K.BLOCK_BYTES);
    putHalf(block, Q4_K.D_OFFSET, 0.5f);
    putHalf(block, Q4_K.DMIN_OFFSET, 0.25f);
    putScales(block, Q4_K.SCALES_OFFSET);
    LittleEndian.putByte(block, Q4_K.QS_OFFSET, 0x35);
    assertThat(decode(new Q4_K(), block)[0]).isEqualTo(4);
  }

  @Test
  void q5_K_example() {
    MemorySegment block = block(Q5_K.BLOCK_BYTES);
    putHalf(block, Q5_K.D_OFFSET, 0.5f);
    putHalf(block, Q5_K.DMIN_OFFSET, 0.25f);
    putScales(block, Q5_K.SCALES_OFFSET);
    LittleEndian.putByte(block, Q5_K.QS_OFFSET, 0x35);
    LittleEndian.putByte(block, Q5_K.QH_OFFSET, 0x01);
    assertThat(decode(new Q5_K(), block)[0]).isEqualTo(20);
  }

  @Test
  void q6_K_example() {
    MemorySegment block = block(Q6_K.BLOCK_BYTES);
    putHalf(block, Q6_K.D_OFFSET, -0.5f);
    LittleEndian.putByte(block, Q6_K.SCALES_OFFSET, -128);
    LittleEndian.putByte(block, Q6_K.QL_OFFSET, 0x03);
    LittleEndian.putByte(block, Q6_K.QH_OFFSET, 0x02);
    assertThat(decode(new Q6_K(), block)[0]).isEqualTo(192);
  }

  @Test
  void sixBitScales_everyPlaceAndBit_comesBack() {
    MemorySegment packed = block(SixBitScales.BYTES);
    for (int j = 0; j < 8; j++) {
      for (int value = 0; value < 64; value++) {
        byte[] scales = {1, 2, 4, 8, 16, 32, 63, 21};
        byte[] minimums = {42, 63, 32, 16, 8, 4, 2, 1};
        scales[j] = (byte) value;
        minimums[7 - j] = (byte) (63 - value);
        SixBitScales.put(scales, minimums, packed, 0);
        for (int k = 0; k < 8; k++) {
          assertThat(SixBitScales.at(SixBitScales.scales(packed, 0), k)).isEqualTo(scales[k]);
          assertThat(SixBitScales.at(SixBitScales.minimums(packed, 0), k)).isEqualTo(minimums[k]);
        }
      }
    }
  }

  @Test
  void partOfABlock_isRefused() {
    MemorySegment block = block(Q8_0.BLOCK_BYTES);
    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(() -> new Q8_0().encode(new float[31], 0, 31, null, block, 0))
        .withMessageContaining("31 elements do not fill whole blocks of 32");
    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(() -> new Q8_0().decode(block, 0, new float[31], 0, 31));
  }

  private static MemorySegment block(int length, int... start) {
    MemorySegment block = MemorySegment.ofArray(new byte[length]);
    for (int i = 0; i < start.length; i++) {
      LittleEndian.putByte(block, i, start[i]);
    }
    return block;
  }

  private static void putHalf(MemorySegment block, int offset, float value) {
    LittleEndian.putHalf(block, offset, value);
  }

  /** Scale 0 is 2 and minimum 0 is 4. */
  private static void putScales(MemorySegment block, int offset) {
    byte[] scales = {2, 0, 0, 0, 0, 0, 0, 0};
    byte[] minimums = {4, 0, 0, 0, 0, 0, 0, 0};
    SixBitScales.put(scales, minimums, block, offset);
  }

  private static float[] decode(BlockFormat format, MemorySegment block) {
    float[] decoded = new float[format.blockElements()];
    format.decode(block, 0, decoded, 0, decoded.length);
    return decoded;
  }
}
