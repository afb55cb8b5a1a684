package io.quant4j.gguf.mapping;

import io.quant4j.gguf.file.GgufValue;
import io.quant4j.gguf.file.NumberArray;
import io.quant4j.gguf.file.Text;
import io.quant4j.gguf.file.TextArray;

/** Whether two values say the same although they may be stored differently. */
final class SameFact {
  private SameFact() {}

  /**
   * Compares a value of a file with one made from neutral facts. Whole numbers may have another
   * width, real numbers another precision, an array of equal numbers counts as one number, and
   * strings are compared as they are read.
   */
  static boolean test(GgufValue stored, GgufValue neutral) {
    return switch (neutral) {
      case GgufValue.Int number -> isInteger(stored, number);
      case GgufValue.Real number ->
          stored instanceof GgufValue.Real other && (float) other.value() == (float) number.value();
      case GgufValue.Bool bool -> bool.equals(stored);
      case Text text -> stored instanceof Text other && other.value().equals(text.value());
      case TextArray array ->
          stored instanceof TextArray other && other.values().equals(array.values());
      case NumberArray array -> isArray(stored, array);
    };
  }

  private static boolean isInteger(GgufValue stored, GgufValue.Int neutral) {
    return switch (stored) {
      case GgufValue.Int number ->
          // Above the range of a long an unsigned number looks negative, but is not the same.
          number.value() == neutral.value()
              && (number.value() >= 0 || number.type() == neutral.type());
      case NumberArray array -> {
        for (int i = 0; i < array.size(); i++) {
          if (!isInteger(array.get(i), neutral)) {
            yield false;
          }
        }
        yield array.size() > 0;
      }
      default -> false;
    };
  }

  private static boolean isArray(GgufValue stored, NumberArray neutral) {
    if (!(stored instanceof NumberArray array) || array.size() != neutral.size()) {
      return false;
    }
    for (int i = 0; i < array.size(); i++) {
      if (!test(array.get(i), neutral.get(i))) {
        return false;
      }
    }
    return true;
  }
}
