package io.quant4j.core.checkpoint.json;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.ModelIoException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads whole files, within a limit. */
public final class SmallFile {
  private SmallFile() {}

  /**
   * All bytes of a file.
   *
   * @param maxBytes the most that will be read
   * @throws MalformedModelException if the file is longer
   * @throws ModelIoException if it is not a file that can be read
   */
  public static byte[] bytes(Path file, int maxBytes) {
    if (!Files.isRegularFile(file)) {
      throw new ModelIoException(
          ErrorLocation.of(file), "this is not a file", "Name a directory that holds such a file.");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes((int) Math.min(Files.size(file), maxBytes));
      if (in.read() >= 0) {
        throw new MalformedModelException(
            ErrorLocation.of(file),
            "the file is longer than " + maxBytes + " bytes",
            "A file of this name is never that long; get it again.");
      }
      return bytes;
    } catch (IOException e) {
      throw new ModelIoException(
          ErrorLocation.of(file),
          "the file cannot be read: " + e.getMessage(),
          "Look at the file's permissions and at the disk.",
          e);
    }
  }

  /**
   * All text of a UTF-8 file.
   *
   * @param maxBytes the most that will be read
   * @throws MalformedModelException if the file is longer or not UTF-8
   * @throws ModelIoException if it is not a file that can be read
   */
  public static String text(Path file, int maxBytes) {
    byte[] bytes = bytes(file, maxBytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedModelException(
          ErrorLocation.of(file), "the file is not UTF-8 text", "Get the file again.", e);
    }
  }
}
