package io.quant4j.core.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class PieceDecoderTest {
  /**
   * Bytes at which UTF-8 decoders part: ends of continuation bytes, overlong forms, surrogates,
   * beyond the last plane.
   */
  private static final int[] EDGES = {
    0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
    0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFF
  };

  private final PieceBytes bytes =
      new PieceBytes(
          SpecBuilder.sentencePiece().byteTokens().build().vocabulary(),
          p -> p.getBytes(StandardCharsets.UTF_8));

  private void assertDecodes(byte[] input) {
    Tokenizer.Stream stream = new PieceDecoder(bytes, false, false);
    StringBuilder text = new StringBuilder();
    for (byte b : input) {
      text.append(stream.accept(b & 0xFF));
    }
    assertThat(text + stream.finish()).isEqualTo(new String(input, StandardCharsets.UTF_8));
  }

  @Test
  void accept_allShortSequencesOfEdgeBytes_equalsString() {
    for (int a : EDGES) {
      for (int b : EDGES) {
        for (int c : EDGES) {
          for (int d : EDGES) {
            assertDecodes(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
          }
        }
      }
    }
  }

  @Test
  void accept_randomBytes_equalsString() {
    for (int seed = 0; seed < 2000; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      byte[] input = new byte[random.nextInt(1, 30)];
      for (int i = 0; i < input.length; i++) {
        input[i] = (byte) EDGES[random.nextInt(EDGES.length)];
      }
      assertDecodes(input);
    }
  }

  @Test
  void accept_brokenCharacter_isNotHeldBackForEver() {
    Tokenizer.Stream stream = new PieceDecoder(bytes, false, false);
    for (int i = 0; i < 100; i++) {
      assertThat(stream.accept(0x80)).isEqualTo("\uFFFD");
    }
    assertThat(stream.accept(0xF8)).isEqualTo("\uFFFD");
  }
}
