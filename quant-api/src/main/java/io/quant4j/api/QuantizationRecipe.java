package io.quant4j.api;

import io.quant4j.api.tensor.FormatId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What each tensor becomes: a file type's mix, then exceptions from it.
 *
 * @param fileType name as upstream spells it, such as {@code Q4_K_M}
 * @param pure whether every matrix gets the file type's base format, without the mix
 * @param outputFormat format of the output matrix, instead of the mix's
 * @param embeddingFormat format of the token embedding, instead of the mix's
 * @param overrides exceptions by name, the first that matches wins
 */
public record QuantizationRecipe(
    String fileType,
    boolean pure,
    Optional<FormatId> outputFormat,
    Optional<FormatId> embeddingFormat,
    List<FormatOverride> overrides) {

  public QuantizationRecipe {
    overrides = List.copyOf(overrides);
  }

  /** The file type's own mix. */
  public static QuantizationRecipe of(String fileType) {
    return new QuantizationRecipe(fileType, false, Optional.empty(), Optional.empty(), List.of());
  }

  /** This recipe with one more exception, asked after those before it. */
  public QuantizationRecipe with(FormatOverride override) {
    List<FormatOverride> more = new ArrayList<>(overrides);
    more.add(override);
    return new QuantizationRecipe(fileType, pure, outputFormat, embeddingFormat, more);
  }

  /**
   * An exception by name.
   *
   * @param tensors found anywhere in the target container's name of the tensor
   * @param format what such tensors become
   */
  public record FormatOverride(Pattern tensors, FormatId format) {}
}
