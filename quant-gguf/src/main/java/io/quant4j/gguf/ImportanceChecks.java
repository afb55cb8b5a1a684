package io.quant4j.gguf;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.ModelIoException;
import java.nio.file.Path;

/** Checks that both file formats of importance matrices share. */
final class ImportanceChecks {
  static final String REMEDY = "The importance matrix is damaged: make or get it again.";

  private ImportanceChecks() {}

  /**
   * Checks that numbers can be sums of squares or counts.
   *
   * @param offset of the first in the file, in bytes
   */
  static void requireSums(float[] values, Path file, long offset, String name) {
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= 0) || values[i] == Float.POSITIVE_INFINITY) {
        throw new MalformedModelException(
            ErrorLocation.of(file, offset + (long) i * Float.BYTES, name),
            "number %d is %s, no sum of squares or count".formatted(i, values[i]),
            REMEDY);
      }
    }
  }

  /** Neither format can hold a matrix without entries. */
  static void requireEntries(ImportanceMatrix matrix, Path target) {
    if (matrix.entries().isEmpty()) {
      throw new InvalidRequestException(
          ErrorLocation.of(target),
          "the importance matrix has no entries",
          "Collect it from a text before it is written.");
    }
  }

  /** Checks that a finished file says what was meant. */
  static void requireSame(boolean same, Path target) {
    if (!same) {
      throw new ModelIoException(
          ErrorLocation.of(target),
          "the finished file does not read back as it was written",
          "Check the disk, and write the file again.");
    }
  }
}
