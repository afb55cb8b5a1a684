package io.quant4j.core.quantize;

import io.quant4j.api.spi.BlockFormat;
import java.util.Set;

/** Which formats need an importance matrix. The list is llama.cpp's. */
final class ImportanceNeed {
  private static final Set<String> GARBAGE_WITHOUT =
      Set.of("IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS");

  private ImportanceNeed() {}

  /**
   * Whether a matrix in this format is garbage without importance.
   *
   * @param fileType name of the file type
   */
  static boolean of(MatrixKind kind, BlockFormat format, String fileType) {
    if (format.requiresImportance()) {
      return true;
    }
    if (kind == MatrixKind.TOKEN_EMBEDDING || kind == MatrixKind.OUTPUT) {
      return false;
    }
    String name = format.id().name();
    boolean lowestKQuant = fileType.equals("Q2_K_S") && name.equals("Q2_K");
    return lowestKQuant || GARBAGE_WITHOUT.contains(name);
  }
}
