package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.ModelIoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFilesTest {
  @TempDir private Path directory;

  @Test
  void read_keepsEveryCharacter() throws IOException {
    Path file = Files.writeString(directory.resolve("a.txt"), "é漢😀\r\n");

    assertThat(TextFiles.read(file)).isEqualTo("é漢😀\r\n");
  }

  @Test
  void textThatIsNotUtf8_isRefused() throws IOException {
    Path file = Files.write(directory.resolve("latin1.txt"), new byte[] {'a', (byte) 0xe9, 'b'});

    assertThatThrownBy(() -> TextFiles.read(file))
        .isInstanceOf(ModelIoException.class)
        .hasMessageContaining("latin1.txt")
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void directory_isRefused() {
    assertThatThrownBy(() -> TextFiles.read(directory))
        .isInstanceOf(ModelIoException.class)
        .hasMessageContaining(directory.toString());
  }
}
