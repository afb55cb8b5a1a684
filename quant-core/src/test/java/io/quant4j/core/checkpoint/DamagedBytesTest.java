package io.quant4j.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.quant4j.api.error.QuantException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever happens to the bytes of a file, opening it works or throws a {@link QuantException},
 * quickly.
 */
@Timeout(120)
final class DamagedBytesTest {
  private static final long SEED = 20260101;
  private static final int FLIPS = 300;

  @TempDir Path directory;

  @BeforeEach
  void writeCheckpoint() {
    new TinyCheckpoint(directory)
        .write("generation_config.json", "{\"eos_token_id\": [5], \"temperature\": 0.5}")
        .write(
            "tokenizer_config.json",
            "{\"eos_token\": {\"content\": \"<end>\"}, \"added_tokens_decoder\":"
                + " {\"6\": {\"content\": \"<x>\", \"lstrip\": true}}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.safetensors",
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "generation_config.json"
      })
  void open_fileCutOffAnywhere_isRefused(String file) throws IOException {
    byte[] whole = Files.readAllBytes(directory.resolve(file));
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    int end = file.endsWith("json") ? text.stripTrailing().length() : whole.length;
    for (int length = 0; length < end; length++) {
      Files.write(directory.resolve(file), Arrays.copyOf(whole, length));
      assertThat(opens("cut off after " + length + " bytes"))
          .as("%s cut off after %d of %d bytes opens", file, length, whole.length)
          .isFalse();
    }
    Files.write(directory.resolve(file), whole);
    assertThat(opens("whole")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.safetensors",
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "generation_config.json"
      })
  void open_fileWithFlippedBits_worksOrIsRefused(String file) throws IOException {
    byte[] whole = Files.readAllBytes(directory.resolve(file));
    SplittableRandom random = new SplittableRandom(SEED);
    int refused = 0;
    for (int i = 0; i < FLIPS; i++) {
      byte[] damaged = whole.clone();
      StringBuilder damage = new StringBuilder("seed " + SEED + ", round " + i + ":");
      for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
        int at = random.nextInt(Math.min(damaged.length, 2048));
        int bit = random.nextInt(8);
        damaged[at] ^= (byte) (1 << bit);
        damage.append(" bit ").append(bit).append(" of byte ").append(at);
      }
      Files.write(directory.resolve(file), damaged);
      refused += opens(damage.toString()) ? 0 : 1;
    }
    assertThat(refused).as("seed %d", SEED).isGreaterThan(FLIPS / 10);
  }

  /** Opens the checkpoint and touches every tensor. */
  private boolean opens(String damage) {
    try (Checkpoint checkpoint = TinyCheckpoint.reader().open(directory)) {
      for (StoredTensor tensor : checkpoint.tensors()) {
        touch(checkpoint, tensor);
      }
      return true;
    } catch (QuantException e) {
      assertThat(e.remedy()).isNotBlank();
      return false;
    } catch (RuntimeException | Error e) {
      return fail(damage, e);
    }
  }

  private static void touch(Checkpoint checkpoint, StoredTensor tensor) {
    try {
      var data = checkpoint.view(tensor).data();
      assertThat(data.byteSize()).isEqualTo(tensor.info().byteSize());
      if (data.byteSize() > 0) {
        data.get(ValueLayout.JAVA_BYTE, data.byteSize() - 1);
      }
    } catch (QuantException e) {
      assertThat(e.getMessage()).contains("cannot be read yet");
    }
  }
}
