package io.quant4j.core.quantize;

import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.QuantizationRecipe.FormatOverride;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.tensor.FormatId;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the format of each matrix by a recipe. In this order: the setting for embedding or output
 * matrix, the first override that matches, the mix (the base format if pure). An embedding that
 * serves as output matrix too follows the setting for the output unless there is one for the
 * embedding.
 *
 * <p>Unlike llama.cpp, overrides count for the file types F32, F16 and BF16 too, and a matrix taken
 * out by an override still counts as one of its kind: an override does not change what other layers
 * get.
 */
final class FormatChooser {
  private static final int NAMES_SHOWN = 5;

  private final QuantizationRecipe recipe;
  private final FileType fileType;
  private final boolean tied;
  private final Codecs codecs;

  /**
   * @param tied whether the embedding serves as output matrix
   */
  FormatChooser(QuantizationRecipe recipe, FileType fileType, boolean tied, Codecs codecs) {
    this.recipe = recipe;
    this.fileType = fileType;
    this.tied = tied;
    this.codecs = codecs;
  }

  /**
   * The format that the recipe wants, whether the rows fit it or not.
   *
   * @param name in the target container
   * @param cols length of a row in elements
   */
  FormatId choose(String name, Situation situation, long cols, ErrorLocation where) {
    return forced(situation.kind())
        .or(() -> override(name))
        .orElseGet(() -> mixed(situation, cols, where));
  }

  private Optional<FormatId> forced(MatrixKind kind) {
    return switch (kind) {
      case TOKEN_EMBEDDING ->
          recipe.embeddingFormat().or(() -> tied ? recipe.outputFormat() : Optional.empty());
      case OUTPUT -> recipe.outputFormat();
      default -> Optional.empty();
    };
  }

  private Optional<FormatId> override(String name) {
    return recipe.overrides().stream()
        .filter(o -> o.tensors().matcher(name).find())
        .map(FormatOverride::format)
        .findFirst();
  }

  private FormatId mixed(Situation situation, long cols, ErrorLocation where) {
    if (recipe.pure() || fileType.plain()) {
      return fileType.base();
    }
    boolean output =
        situation.kind() == MatrixKind.OUTPUT
            || (tied && situation.kind() == MatrixKind.TOKEN_EMBEDDING);
    if (!output) {
      return fileType.choose(situation);
    }
    boolean fits = ShapeFallback.fits(codecs.require(fileType.base(), where), cols);
    return fileType.chooseOutput(situation, fits);
  }

  /**
   * Refuses overrides that match no matrix, which a typing error causes.
   *
   * @param names of all matrices, in the target container
   */
  void requireOverridesMatch(List<String> names) {
    for (FormatOverride override : recipe.overrides()) {
      if (names.stream().noneMatch(n -> override.tensors().matcher(n).find())) {
        List<String> some = names.subList(0, Math.min(NAMES_SHOWN, names.size()));
        throw new InvalidRequestException(
            ErrorLocation.subject(override.tensors().pattern()),
            "the override matches no matrix of the model",
            "The " + names.size() + " matrices have names such as " + some + ".");
      }
    }
  }
}
