package io.quant4j.core.quantize;

import io.quant4j.api.spi.CheckpointWriter;
import java.util.Locale;
import java.util.Optional;

/**
 * What a recipe says about the file type.
 *
 * @param name for reports
 * @param type empty if every matrix keeps its format
 */
record FileTypeChoice(String name, Optional<FileType> type) {
  private static final String COPY = "COPY";

  /**
   * Looks a file type up.
   *
   * @param asked name, alias or number
   * @param writer knows the numbers
   * @throws io.quant4j.api.error.InvalidRequestException listing the names
   */
  static FileTypeChoice of(String asked, CheckpointWriter writer) {
    if (asked.toUpperCase(Locale.ROOT).equals(COPY)) {
      return new FileTypeChoice(COPY, Optional.empty());
    }
    String name = asked;
    if (asked.matches("\\d{1,4}")) {
      name = writer.fileTypeName(Integer.parseInt(asked)).orElse(asked);
    }
    FileType type = FileTypes.named(name);
    return new FileTypeChoice(type.name(), Optional.of(type));
  }
}
