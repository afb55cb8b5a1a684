package io.quant4j.core.quantize;

import io.quant4j.api.tensor.FormatId;
import java.util.Set;

/** Which formats need an importance matrix. The lists are llama.cpp's. */
final class ImportanceNeed {
  private static final Set<String> GARBAGE_WITHOUT =
      Set.of("IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS");

  /** Those whose encoders do not work without one. */
  private static final Set<String> IMPOSSIBLE_WITHOUT = Set.of("IQ1_S", "IQ2_XXS", "IQ2_XS");

  private ImportanceNeed() {}

  /** Whether nothing can be encoded in this format without importance. */
  static boolean isAbsolute(FormatId format) {
    return IMPOSSIBLE_WITHOUT.contains(format.name());
  }

  /**
   * Whether a matrix in this format is garbage without importance.
   *
   * @param fileType name of the file type
   */
  static boolean of(MatrixKind kind, FormatId format, String fileType) {
    if (isAbsolute(format)) {
      return true;
    }
    if (kind == MatrixKind.TOKEN_EMBEDDING || kind == MatrixKind.OUTPUT) {
      return false;
    }
    boolean lowestKQuant = fileType.equals("Q2_K_S") && format.name().equals("Q2_K");
    return lowestKQuant || GARBAGE_WITHOUT.contains(format.name());
  }
}
