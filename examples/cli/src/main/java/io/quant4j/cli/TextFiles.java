package io.quant4j.cli;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.ModelIoException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads text that commands work on. */
final class TextFiles {
  private static final Path STANDARD_INPUT = Path.of("-");
  private static final int MOST_BYTES = 1 << 30;

  private TextFiles() {}

  /**
   * Reads a whole file as UTF-8.
   *
   * @param file {@code -} for standard input
   * @throws ModelIoException if it cannot be read, is longer than 1 GiB or is not UTF-8
   */
  static String read(Path file) {
    byte[] bytes;
    try (InputStream in = open(file)) {
      bytes = in.readNBytes(MOST_BYTES);
      if (in.read() >= 0) {
        throw failure(file, "the text is longer than 1 GiB", "Take a part of it.", null);
      }
    } catch (IOException e) {
      throw failure(file, "the text cannot be read: " + why(e), "Check the path.", e);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw failure(file, "the text is not UTF-8", "Convert it, for instance with iconv.", e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    return file.equals(STANDARD_INPUT)
        ? new FileInputStream(FileDescriptor.in)
        : Files.newInputStream(file);
  }

  private static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "access is denied";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static ModelIoException failure(
      Path file, String reason, String remedy, @Nullable IOException cause) {
    return new ModelIoException(ErrorLocation.of(file), reason, remedy, cause);
  }
}
