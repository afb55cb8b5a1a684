package io.quant4j.core.quantize;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import java.util.Map;

/**
 * What is taken where rows do not consist of whole blocks: the nearest format of 32 elements, then
 * F16. The table is llama.cpp's.
 */
final class ShapeFallback {
  private static final Map<String, String> NEAREST =
      Map.ofEntries(
          Map.entry("IQ1_S", "IQ4_NL"),
          Map.entry("IQ1_M", "IQ4_NL"),
          Map.entry("IQ2_XXS", "IQ4_NL"),
          Map.entry("IQ2_XS", "IQ4_NL"),
          Map.entry("IQ2_S", "IQ4_NL"),
          Map.entry("IQ3_XXS", "IQ4_NL"),
          Map.entry("IQ3_S", "IQ4_NL"),
          Map.entry("IQ4_XS", "IQ4_NL"),
          Map.entry("Q2_0", "Q4_0"),
          Map.entry("Q2_K", "Q4_0"),
          Map.entry("Q3_K", "Q4_0"),
          Map.entry("TQ1_0", "Q4_0"),
          Map.entry("TQ2_0", "Q4_0"),
          Map.entry("Q4_K", "Q5_0"),
          Map.entry("Q5_K", "Q5_1"),
          Map.entry("Q6_K", "Q8_0"));

  private ShapeFallback() {}

  /**
   * The format itself if the rows fit, otherwise what comes nearest.
   *
   * @param cols length of a row in elements
   * @param where the tensor
   * @throws InvalidRequestException if no other format is known to come near
   */
  static BlockFormat fit(FormatId wanted, long cols, Codecs codecs, ErrorLocation where) {
    BlockFormat format = codecs.require(wanted, where);
    if (fits(format, cols)) {
      return format;
    }
    String nearest = NEAREST.get(wanted.name());
    if (nearest == null) {
      throw new InvalidRequestException(
          where,
          "rows of %d elements cannot be stored as %s, whose blocks hold %d"
              .formatted(cols, wanted, format.blockElements()),
          "Override the format of this tensor with F16.");
    }
    BlockFormat second = codecs.require(new FormatId(nearest), where);
    return fits(second, cols) ? second : codecs.require(FormatId.F16, where);
  }

  static boolean fits(BlockFormat format, long cols) {
    return cols % format.blockElements() == 0;
  }
}
