package io.quant4j.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** What llama.cpp made of the small model of the repository. */
final class GoldenImportance {
  private static final Path DIRECTORY =
      Path.of(
          Objects.requireNonNull(System.getProperty("quant4j.root"), "quant4j.root"),
          "quant-gguf/src/test/resources/golden/imatrix");

  private GoldenImportance() {}

  /** The matrix as upstream wrote it. */
  static Path gguf() {
    return DIRECTORY.resolve("imatrix.gguf");
  }

  /** SHA-256 of the same matrix in the legacy format. */
  static String legacyHash() {
    try {
      return Files.readString(DIRECTORY.resolve("imatrix.dat.sha256")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
