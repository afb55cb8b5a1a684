package io.quant4j.core.calibrate;

import io.quant4j.api.ImportanceMatrix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** What llama.cpp made of the small model of the repository; see the README beside the files. */
final class GoldenImatrix {
  /** Tokens of a window. */
  static final int CONTEXT = 64;

  private static final Path DIRECTORY =
      Path.of(
          Objects.requireNonNull(System.getProperty("quant4j.root"), "quant4j.root"),
          "quant-gguf/src/test/resources/golden/imatrix");

  private GoldenImatrix() {}

  static ImportanceMatrix matrix() {
    return ImportanceMatrix.read(DIRECTORY.resolve("imatrix.gguf"));
  }

  static String text() {
    return read("text.txt");
  }

  /** Rows of figures: 42 of tensors, 6 of layers. */
  static List<String[]> statistics() {
    return read("statistics.tsv").lines().map(line -> line.split("\t")).toList();
  }

  private static String read(String file) {
    try {
      return Files.readString(DIRECTORY.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
