package io.quant4j.core.checkpoint;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.core.discovery.Extensions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Opens a model with whichever installed reader recognizes it. */
public final class Checkpoints {
  private static final int HEAD_BYTES = 16;

  private Checkpoints() {}

  /**
   * Opens a model.
   *
   * @param path a file or directory
   * @return to be closed by the caller
   * @throws InvalidRequestException if nothing is there
   * @throws UnsupportedModelException if no installed reader recognizes it, telling what it looks
   *     like
   */
  public static Checkpoint open(Path path) {
    if (!Files.exists(path)) {
      throw new InvalidRequestException(
          ErrorLocation.of(path),
          "there is no such file or directory",
          "Check the path; it is taken from " + Path.of("").toAbsolutePath() + ".");
    }
    byte[] head = head(path);
    for (CheckpointReader reader : Extensions.installed().readers()) {
      if (reader.recognizes(path, head)) {
        return reader.open(path);
      }
    }
    throw new UnsupportedModelException(
        ErrorLocation.of(path),
        "no installed container recognizes this; " + describe(path, head),
        Extensions.installed().containerRemedy());
  }

  private static byte[] head(Path path) {
    if (Files.isDirectory(path)) {
      return new byte[0];
    }
    try (InputStream in = Files.newInputStream(path)) {
      return in.readNBytes(HEAD_BYTES);
    } catch (IOException e) {
      throw new ModelIoException(
          ErrorLocation.of(path),
          "the file cannot be read: " + e.getMessage(),
          "Check that it is a regular file and that you may read it.",
          e);
    }
  }

  /** What people have when they do not have a model: a failed download, mostly. */
  private static String describe(Path path, byte[] head) {
    if (Files.isDirectory(path)) {
      return "the directory holds no config.json";
    }
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (head.length == 0) {
      return "the file is empty";
    }
    if (text.startsWith("<!") || text.startsWith("<html") || text.startsWith("<HTML")) {
      return "it begins like an HTML page, as a failed download does";
    }
    if (text.startsWith("version https://")) {
      return "it is a Git LFS pointer, not the file it points to";
    }
    if (text.startsWith("PK")) {
      return "it is a ZIP archive, as PyTorch files are";
    }
    return "it begins with the bytes " + HexFormat.ofDelimiter(" ").formatHex(head);
  }
}
