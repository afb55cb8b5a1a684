package io.quant4j.core.checkpoint;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.ModelIoException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** The first bytes of a file, by which formats are told apart. */
public final class FileHead {
  private static final int HEAD_BYTES = 16;

  private FileHead() {}

  /**
   * Checks that something has this path.
   *
   * @throws InvalidRequestException if not
   */
  public static void requireExisting(Path path) {
    if (!Files.exists(path)) {
      throw new InvalidRequestException(
          ErrorLocation.of(path),
          "there is no such file or directory",
          "Check the path; it is taken from " + Path.of("").toAbsolutePath() + ".");
    }
  }

  /**
   * The first bytes of a file.
   *
   * @return at most 16; none of a directory
   * @throws ModelIoException if the system refuses to read
   */
  public static byte[] read(Path path) {
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
  public static String describe(Path path, byte[] head) {
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
