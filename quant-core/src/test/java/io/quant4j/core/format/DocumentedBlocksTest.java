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
  void q4_1_example() {
    MemorySegment block = block(Q4_1.BLOCK_BYTES, 0x00, 0x38, 0x00, 0xbc, 0x31);
    float[] decoded = decode(new Q4_1(), block);
    assertThat(decoded[0]).isEqualTo(-0.5f);
    assertThat(decoded[16]).isEqualTo(0.5f);
  }

  @Test
  void q5_0_example() {
    MemorySegment block = block(Q5_0.BLOCK_BYTES, 0x00, 0xb4, 0x01, 0, 0, 0, 0x71);
    float[] decoded = decode(new Q5_0(), block);
    assertThat(decoded[0]).isEqualTo(-0.25f);
    assertThat(decoded[16]).isEqualTo(2.25f);
  }

  @Test
  void q5_1_example() {
    MemorySegment block = block(Q5_1.BLOCK_BYTES, 0x00, 0x38, 0x00, 0xbc, 0x01, 0, 0, 0, 0x31);
    float[] decoded = decode(new Q5_1(), block);
    assertThat(decoded[0]).isEqualTo(7.5f);
    assertThat(decoded[16]).isEqualTo(0.5f);
  }

  @Test
  void q2_K_example() {
    MemorySegment block = block(Q2_K.BLOCK_BYTES, 0x42);
    putHalf(block, Q2_K.D_OFFSET, 0.5f);
    putHalf(block, Q2_K.DMIN_OFFSET, 0.25f);
    LittleEndian.putByte(block, Q2_K.QS_OFFSET, 0x03);
    assertThat(decode(new Q2_K(), block)[0]).isEqualTo(2);
  }

  @Test
  void q3_K_example() {
    MemorySegment block = block(Q3_K.BLOCK_BYTES, 0x01);
    putHalf(block, Q3_K.D_OFFSET, -0.5f);
    LittleEndian.putByte(block, Q3_K.SCALES_OFFSET, 0x01);
    LittleEndian.putByte(block, Q3_K.SCALES_OFFSET + 8, 0x02);
    LittleEndian.putByte(block, Q3_K.QS_OFFSET, 0x03);
    assertThat(decode(new Q3_K(), block)[0]).isEqualTo(-1.5f);
  }

  @Test
  void iq4_NL_example() {
    float[] decoded = decode(new IQ4_NL(), block(IQ4_NL.BLOCK_BYTES, 0x00, 0x38, 0xf0));
    assertThat(decoded[0]).isEqualTo(-63.5f);
    assertThat(decoded[16]).isEqualTo(56.5f);
    assertThat(IQ4_NL.value(15)).isEqualTo(113);
  }

  @Test
  void iq4_XS_example() {
    MemorySegment block = block(IQ4_XS.BLOCK_BYTES, 0x00, 0x38, 0x02, 0x00, 0x01);
    LittleEndian.putByte(block, IQ4_XS.QS_OFFSET, 0x08);
    assertThat(decode(new IQ4_XS(), block)[0]).isEqualTo(0.5f);
  }

  @Test
  void iq2_XXS_example() {
    MemorySegment block = block(IQ2_XXS.BLOCK_BYTES, 0x00, 0x38, 0x01, 0, 0, 0, 0x01);
    assertThat(decode(new IQ2_XXS(), block))
        .startsWith(-2.6875f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, -0.5f, 0.5f);
  }

  @Test
  void iq2_XS_example() {
    MemorySegment block = block(IQ2_XS.BLOCK_BYTES, 0x00, 0x38, 0x01, 0x02);
    LittleEndian.putByte(block, IQ2_XS.SCALES_OFFSET, 0x01);
    assertThat(decode(new IQ2_XS(), block))
        .startsWith(-8.0625f, 1.5f, 1.5f, 1.5f, 1.5f, 1.5f, 1.5f, -1.5f, 1.5f);
  }

  @Test
  void iq2_S_example() {
    MemorySegment block = block(IQ2_S.BLOCK_BYTES, 0x00, 0x38, 0x01);
    LittleEndian.putByte(block, IQ2_S.SIGNS_OFFSET, 0x01);
    LittleEndian.putByte(block, IQ2_S.QH_OFFSET, 0x01);
    LittleEndian.putByte(block, IQ2_S.SCALES_OFFSET, 0x01);
    assertThat(decode(new IQ2_S(), block)).startsWith(-1.5f, 8.0625f, 4.6875f);
  }

  @Test
  void iq3_XXS_example() {
    MemorySegment block = block(IQ3_XXS.BLOCK_BYTES, 0x00, 0x38, 0x01);
    block.set(LittleEndian.INT, IQ3_XXS.SCALES_AND_SIGNS_OFFSET, 0x10000001);
    assertThat(decode(new IQ3_XXS(), block))
        .startsWith(-7.5f, 1.5f, 1.5f, 1.5f, 1.5f, 1.5f, 1.5f, -1.5f, 1.5f);
  }

  @Test
  void iq3_S_example() {
    MemorySegment block = block(IQ3_S.BLOCK_BYTES, 0x00, 0x38, 0x01);
    LittleEndian.putByte(block, IQ3_S.QH_OFFSET, 0x01);
    LittleEndian.putByte(block, IQ3_S.SIGNS_OFFSET, 0x01);
    LittleEndian.putByte(block, IQ3_S.SCALES_OFFSET, 0x01);
    assertThat(decode(new IQ3_S(), block)).startsWith(-7.5f, 10.5f, 13.5f, 7.5f, 1.5f);
  }

  @Test
  void iq1_S_example() {
    MemorySegment block = block(IQ1_S.BLOCK_BYTES, 0x00, 0x38, 0x01);
    block.set(LittleEndian.SHORT, IQ1_S.QH_OFFSET, (short) 0x9001);
    assertThat(decode(new IQ1_S(), block)).startsWith(1.3125f, -0.1875f, 1.3125f);
  }

  @Test
  void iq1_M_example() {
    MemorySegment block = block(IQ1_M.BLOCK_BYTES, 0x01);
    LittleEndian.putByte(block, IQ1_M.QH_OFFSET, 0x09);
    block.set(LittleEndian.LONG, IQ1_M.SCALES_OFFSET, 0x3000_8000_0000_0001L);
    assertThat(decode(new IQ1_M(), block)).startsWith(1.3125f, -0.1875f, 1.3125f);
    assertThat(IQ1_M.d(block, 0)).isEqualTo(0.5f);
  }

  @Test
  void mxfp4_example() {
    float[] decoded = decode(new MXFP4(), block(MXFP4.BLOCK_BYTES, 0x80, 0xf1));
    assertThat(decoded[0]).isEqualTo(1);
    assertThat(decoded[16]).isEqualTo(-12);
  }

  @Test
  void nvfp4_example() {
    MemorySegment block = block(NVFP4.BLOCK_BYTES, 0x3c);
    LittleEndian.putByte(block, NVFP4.QS_OFFSET, 0x72);
    float[] decoded = decode(new NVFP4(), block);
    assertThat(decoded[0]).isEqualTo(1.5f);
    assertThat(decoded[8]).isEqualTo(9);
  }

  @Test
  void q1_0_example() {
    assertThat(decode(new Q1_0(), block(Q1_0.BLOCK_BYTES, 0x00, 0x38, 0x05)))
        .startsWith(0.5f, -0.5f, 0.5f, -0.5f);
  }

  @Test
  void q2_0_example() {
    assertThat(decode(new Q2_0(), block(Q2_0.BLOCK_BYTES, 0x00, 0x38, 0xe4)))
        .startsWith(-0.5f, 0, 0.5f, 1);
  }

  @Test
  void tq1_0_example() {
    MemorySegment block = block(TQ1_0.BLOCK_BYTES, 0xc0);
    putHalf(block, TQ1_0.D_OFFSET, 0.5f);
    assertThat(everyThirtySecond(decode(new TQ1_0(), block)))
        .startsWith(0.5f, -0.5f, 0.5f, -0.5f, 0.5f);
  }

  @Test
  void tq2_0_example() {
    MemorySegment block = block(TQ2_0.BLOCK_BYTES, 0x24);
    putHalf(block, TQ2_0.D_OFFSET, 0.5f);
    assertThat(everyThirtySecond(decode(new TQ2_0(), block))).startsWith(-0.5f, 0, 0.5f, -0.5f);
  }

  private static float[] everyThirtySecond(float[] decoded) {
    float[] chosen = new float[decoded.length / 32];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = decoded[32 * i];
    }
    return chosen;
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
