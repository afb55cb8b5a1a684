package io.quant4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quant4j.api.error.QuantException;
import io.quant4j.api.spi.ImportanceMatrixFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at how files are refused. */
final class ImportanceRefusal {
  private ImportanceRefusal() {}

  /** Refused with this type, naming the file and these words. */
  static QuantException assertRefused(
      ImportanceMatrixFormat format,
      Path file,
      byte[] bytes,
      Class<? extends QuantException> type,
      String... words) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    QuantException error = catchThrowableOfType(QuantException.class, () -> format.read(file));
    assertThat(error).isExactlyInstanceOf(type);
    assertThat(error.getMessage()).contains(words);
    assertThat(error.file()).contains(file.toString());
    assertThat(error.remedy()).isNotBlank();
    return error;
  }
}
