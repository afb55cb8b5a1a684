package io.quant4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quant4j.api.error.QuantException;
import io.quant4j.api.spi.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Opens files and looks at how they are refused. */
abstract class OpeningTest {
  @TempDir Path directory;

  Checkpoint open(GgufBytes file) {
    return new GgufReader().open(file.writeTo(directory.resolve("model.gguf")));
  }

  /** Refused with this type, naming the file and these words. */
  QuantException assertRefused(
      GgufBytes file, Class<? extends QuantException> type, String... words) {
    return assertRefused(file.writeTo(directory.resolve("model.gguf")), type, words);
  }

  QuantException assertRefused(byte[] bytes, Class<? extends QuantException> type, String... words)
      throws IOException {
    return assertRefused(Files.write(directory.resolve("model.gguf"), bytes), type, words);
  }

  QuantException assertRefused(Path file, Class<? extends QuantException> type, String... words) {
    QuantException error =
        catchThrowableOfType(QuantException.class, () -> new GgufReader().open(file).close());
    assertThat(error).as("opening %s", file).isExactlyInstanceOf(type);
    assertThat(error.getMessage()).contains(words);
    assertThat(error.file()).isPresent();
    assertThat(error.remedy()).isNotBlank();
    return error;
  }
}
