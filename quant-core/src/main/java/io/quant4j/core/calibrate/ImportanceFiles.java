package io.quant4j.core.calibrate;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.ImportanceMatrixFormat;
import io.quant4j.core.checkpoint.FileHead;
import io.quant4j.core.discovery.Extensions;
import java.nio.file.Path;
import java.util.Optional;

/** Reads and writes importance matrices in whichever installed format fits. */
public final class ImportanceFiles {
  private ImportanceFiles() {}

  /**
   * Reads a file in the format that recognizes it.
   *
   * @throws InvalidRequestException if nothing is there
   * @throws UnsupportedModelException if no installed format recognizes it
   */
  public static ImportanceMatrix read(Path path) {
    FileHead.requireExisting(path);
    byte[] head = FileHead.read(path);
    for (ImportanceMatrixFormat format : Extensions.installed().importanceFormats()) {
      if (format.recognizes(path, head)) {
        return format.read(path);
      }
    }
    throw new UnsupportedModelException(
        ErrorLocation.of(path),
        "no installed format of importance matrices recognizes this; "
            + FileHead.describe(path, head),
        Extensions.installed().importanceRemedy());
  }

  /**
   * Writes a file.
   *
   * @param format name of the format; empty for the one of the target's name
   * @throws InvalidRequestException if no format is named and none has such file names
   */
  public static void write(ImportanceMatrix matrix, Path target, Optional<String> format) {
    Extensions extensions = Extensions.installed();
    ImportanceMatrixFormat writer =
        format.map(extensions::importanceFormat).orElseGet(() -> ofName(target));
    writer.write(matrix, target);
  }

  private static ImportanceMatrixFormat ofName(Path target) {
    return Extensions.installed().importanceFormats().stream()
        .filter(format -> format.writes(target))
        .findFirst()
        .orElseThrow(() ->
            new InvalidRequestException(
                ErrorLocation.of(target),
                "the name does not tell which format of importance matrices to write",
                "End it in .gguf or .dat, or name the format. "
                    + Extensions.installed().importanceRemedy()));
  }
}
