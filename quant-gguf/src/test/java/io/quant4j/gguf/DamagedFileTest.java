package io.quant4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.QuantException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever happens to the bytes of a file, it opens or is refused with a typed error, quickly. */
@Timeout(60)
class DamagedFileTest extends OpeningTest {
  private static final int FLIPS = 1_500;

  private static byte[] valid() {
    return GgufBytes.llamaWithTokenizer()
        .key("general.alignment", GgufBytes.uint32(32))
        .key("tokenizer.ggml.merges", GgufBytes.texts("a b", "b a"))
        .tensor("token_embd.weight", 0, 0, 8, 5)
        .tensor("blk.0.attn_q.weight", 8, 160, 32, 2)
        .data(160 + 68)
        .bytes();
  }

  @Test
  void everyTruncation_isRefused() throws IOException {
    byte[] valid = valid();
    Path file = directory.resolve("model.gguf");
    for (int length = 0; length < valid.length; length++) {
      Files.write(file, Arrays.copyOf(valid, length));
      assertThatThrownBy(() -> new GgufReader().open(file).close())
          .as("first %d bytes", length)
          .isInstanceOf(QuantException.class);
    }
    Files.write(file, valid);
    new GgufReader().open(file).close();
  }

  @Test
  void flippedBits_giveAnErrorOrAModel() throws IOException {
    damage(
        (bytes, random) -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8)));
  }

  @Test
  void overwrittenNumbers_giveAnErrorOrAModel() throws IOException {
    long[] values = {0, -1, 1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 31, 1L << 32, 0xffff_ffffL};
    damage((bytes, random) -> {
      byte[] number = GgufBytes.int64(values[random.nextInt(values.length)]);
      System.arraycopy(number, 0, bytes, random.nextInt(bytes.length - 8), 8);
    });
  }

  private interface Damage {
    void apply(byte[] bytes, Random random);
  }

  private void damage(Damage damage) throws IOException {
    byte[] valid = valid();
    Path file = directory.resolve("model.gguf");
    int refused = 0;
    for (int seed = 0; seed < FLIPS; seed++) {
      byte[] bytes = valid.clone();
      damage.apply(bytes, new Random(seed));
      Files.write(file, bytes);
      try (Checkpoint checkpoint = new GgufReader().open(file)) {
        for (StoredTensor tensor : checkpoint.tensors()) {
          var data = checkpoint.view(tensor).data();
          if (data.byteSize() > 0) {
            data.get(ValueLayout.JAVA_BYTE, data.byteSize() - 1);
          }
        }
      } catch (QuantException e) {
        refused++;
        assertThat(e.file()).as("seed %d", seed).contains(file.toString());
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(refused).as("damaged files that were refused").isBetween(FLIPS / 4, FLIPS);
  }
}
