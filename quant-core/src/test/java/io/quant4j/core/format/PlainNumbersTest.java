package io.quant4j.core.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.BlockFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * F32, F16 and BF16 by their definitions: all 65,536 patterns, and the places where rounding turns.
 */
class PlainNumbersTest {
  private static final int PATTERNS = 1 << 16;

  @Test
  void f32_anyBits_areCopied() {
    int[] patterns = {0, 0x80000000, 1, 0x007fffff, 0x3f800000, 0x7f7fffff, 0x7f800000, 0xff800000};
    float[] row = new float[patterns.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = Float.intBitsToFloat(patterns[i]);
    }
    byte[] bytes = encode(new F32(), row);

    for (int i = 0; i < row.length; i++) {
      assertThat(MemorySegment.ofArray(bytes).get(LittleEndian.INT, 4L * i)).isEqualTo(patterns[i]);
    }
    assertThat(decode(new F32(), bytes)).isEqualTo(row);
  }

  @Test
  void f16_everyPattern_decodesByItsDefinition() {
    float[] decoded = decode(new F16(), everyPattern());
    for (int bits = 0; bits < PATTERNS; bits++) {
      int exponent = bits >> 10 & 31;
      int fraction = bits & 1023;
      double sign = bits < PATTERNS / 2 ? 1 : -1;
      double expected =
          exponent == 31
              ? fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN
              : exponent == 0
                  ? sign * Math.scalb(fraction, -24)
                  : sign * Math.scalb(1024.0 + fraction, exponent - 25);
      if (Double.compare(decoded[bits], expected) != 0) {
        fail("bits %04x: %s for %s", bits, decoded[bits], expected);
      }
    }
  }

  @Test
  void bf16_everyPattern_decodesByItsDefinition() {
    float[] decoded = decode(new BF16(), everyPattern());
    for (int bits = 0; bits < PATTERNS; bits++) {
      int exponent = bits >> 7 & 255;
      int fraction = bits & 127;
      double sign = bits < PATTERNS / 2 ? 1 : -1;
      double expected =
          exponent == 255
              ? fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN
              : exponent == 0
                  ? sign * Math.scalb(fraction, -133)
                  : sign * Math.scalb(128.0 + fraction, exponent - 134);
      if (Double.compare(decoded[bits], expected) != 0) {
        fail("bits %04x: %s for %s", bits, decoded[bits], expected);
      }
    }
  }

  @Test
  void f16_everyPattern_encodesToItself() {
    checkEveryPatternAndMidpoint(new F16(), 0x7c00);
  }

  @Test
  void bf16_everyPattern_encodesToItself() {
    checkEveryPatternAndMidpoint(new BF16(), 0x7f80);
  }

  /**
   * Every number encodes to itself; halfway to the next one it goes to the even one, a float less
   * to the lower and a float more to the upper; the largest number's upper neighbour is infinity.
   *
   * @param infinity its bits
   */
  private static void checkEveryPatternAndMidpoint(BlockFormat format, int infinity) {
    float[] numbers = decode(format, everyPattern());
    for (int sign = 0; sign < PATTERNS; sign += PATTERNS / 2) {
      for (int bits = sign; bits < sign + infinity; bits++) {
        float number = numbers[bits];
        int next = bits + 1;
        double step = (double) numbers[bits] - numbers[Math.max(bits - 1, sign)];
        double upper = Float.isInfinite(numbers[next]) ? number + step : numbers[next];
        float middle = (float) ((number + upper) / 2);
        int even = bits % 2 == 0 ? bits : next;
        float less = sign == 0 ? Math.nextDown(middle) : Math.nextUp(middle);
        float more = sign == 0 ? Math.nextUp(middle) : Math.nextDown(middle);
        int[] rounded = patterns(format, number, less, middle, more);
        if (!Arrays.equals(rounded, new int[] {bits, bits, even, next})) {
          fail("around bits %04x: %s", bits, Arrays.toString(rounded));
        }
      }
    }
    assertThat(patterns(format, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY))
        .containsExactly(infinity, infinity | 0x8000);
  }

  @Test
  void bf16_notANumber_staysSoAndBecomesQuiet() {
    float signaling = Float.intBitsToFloat(0xff800001);
    assertThat(patterns(new BF16(), signaling, Float.intBitsToFloat(0x7fa50000)))
        .containsExactly(0xffc0, 0x7fe5);
  }

  @Test
  void f16_notANumber_staysSo() {
    assertThat(decode(new F16(), encode(new F16(), new float[] {Float.NaN})))
        .containsOnly(Float.NaN);
  }

  @Test
  void firstNonFinite_everyPattern_isWhatIsNotANumberOrInfinite() {
    byte[] patterns = everyPattern();
    MemorySegment memory = MemorySegment.ofArray(patterns);
    for (BlockFormat format : new BlockFormat[] {new F16(), new BF16()}) {
      float[] numbers = decode(format, patterns);
      for (int bits = 0; bits < PATTERNS; bits++) {
        long expected = Float.isFinite(numbers[bits]) ? -1 : 0;
        if (format.firstNonFinite(memory, 2L * bits, 1) != expected) {
          fail("%s bits %04x", format.id(), bits);
        }
      }
    }
  }

  @Test
  void f64_roundsToFloatAndReportsWhatIsTooLarge() {
    MemorySegment memory = MemorySegment.ofArray(new byte[3 * F64.BLOCK_BYTES]);
    memory.set(LittleEndian.DOUBLE, 0, 1 + 0x1p-24);
    memory.set(LittleEndian.DOUBLE, 8, 1e300);
    memory.set(LittleEndian.DOUBLE, 16, Double.NaN);
    byte[] bytes = memory.toArray(ValueLayout.JAVA_BYTE);

    assertThat(decode(new F64(), bytes)).containsExactly(1, Float.POSITIVE_INFINITY, Float.NaN);
    assertThat(new F64().firstNonFinite(memory, 0, 3)).isEqualTo(1);
    assertThat(new F64().firstNonFinite(memory, 16, 1)).isZero();
    assertThat(encode(new F64(), new float[] {1})).containsExactly(0, 0, 0, 0, 0, 0, 0xf0, 0x3f);
  }

  @Test
  void integers_keepTheirRangeAndRoundTiesToEven() {
    for (BlockFormat format : List.of(new I8(), new I16(), new I32(), new I64())) {
      float limit = Math.scalb(1f, 8 * format.blockBytes() - 1);
      float largest = format.blockBytes() < 4 ? limit - 1 : Math.nextDown(limit);
      float[] row = {-limit, largest, -2, 2.5f, 3.5f, -0.4f};
      assertThat(decode(format, encode(format, row)))
          .as("%s", format.id())
          .containsExactly(-limit, largest, -2, 2, 4, 0);
      for (float bad : new float[] {limit, -limit - limit / 64, Float.NaN}) {
        assertThatExceptionOfType(InvalidRequestException.class)
            .as("%s of %s", format.id(), bad)
            .isThrownBy(() -> encode(format, new float[] {bad}));
      }
    }
  }

  private static byte[] everyPattern() {
    byte[] bytes = new byte[2 * PATTERNS];
    for (int bits = 0; bits < PATTERNS; bits++) {
      bytes[2 * bits] = (byte) bits;
      bytes[2 * bits + 1] = (byte) (bits >> 8);
    }
    return bytes;
  }

  private static int[] patterns(BlockFormat format, float... row) {
    byte[] bytes = encode(format, row);
    int[] patterns = new int[row.length];
    for (int i = 0; i < row.length; i++) {
      patterns[i] = bytes[2 * i] & 0xff | (bytes[2 * i + 1] & 0xff) << 8;
    }
    return patterns;
  }

  private static byte[] encode(BlockFormat format, float[] row) {
    MemorySegment memory = MemorySegment.ofArray(new byte[(int) format.byteSize(row.length)]);
    format.encode(row, 0, row.length, null, memory, 0);
    return memory.toArray(ValueLayout.JAVA_BYTE);
  }

  private static float[] decode(BlockFormat format, byte[] bytes) {
    float[] decoded = new float[bytes.length / format.blockBytes()];
    format.decode(MemorySegment.ofArray(bytes), 0, decoded, 0, decoded.length);
    return decoded;
  }
}
