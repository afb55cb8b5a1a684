package io.quant4j.core.quantize;

import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.QuantizationRecipe.FormatOverride;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.tensor.FormatId;
import java.util.List;
import java.util.Optional;

/**
 * The formats that a recipe fixes for single matrices. In this order: the setting for embedding or
 * output matrix, the first override that matches. An embedding that serves as output matrix too
 * follows the setting for the output unless there is one for the embedding.
 *
 * <p>Unlike in llama.cpp, overrides count for the file types F32, F16 and BF16 too.
 */
final class FixedFormats {
  private static final int NAMES_SHOWN = 5;

  private final QuantizationRecipe recipe;
  private final List<NamedTensor> matrices;
  private final boolean tied;

  /**
   * @param matrices all of the model
   */
  FixedFormats(QuantizationRecipe recipe, List<NamedTensor> matrices) {
    this.recipe = recipe;
    this.matrices = matrices;
    this.tied = matrices.stream().noneMatch(t -> t.isKind(MatrixKind.OUTPUT));
  }

  /** The format fixed for a matrix, whether its rows fit it or not. */
  Optional<FormatId> of(NamedTensor tensor) {
    return single(tensor).or(() -> override(tensor.name()));
  }

  private Optional<FormatId> single(NamedTensor tensor) {
    return switch (tensor.kind().orElse(MatrixKind.OTHER)) {
      case TOKEN_EMBEDDING ->
          recipe.embeddingFormat().or(() -> tied ? recipe.outputFormat() : Optional.empty());
      case OUTPUT ->
          recipe.leaveOutput()
              ? Optional.of(tensor.stored().info().format())
              : recipe.outputFormat();
      default -> Optional.empty();
    };
  }

  private Optional<FormatId> override(String name) {
    return recipe.overrides().stream()
        .filter(o -> o.tensors().matcher(name).find())
        .map(FormatOverride::format)
        .findFirst();
  }

  /** Refuses overrides that match no matrix, which a typing error causes. */
  void requireOverridesMatch() {
    List<String> names = matrices.stream().map(NamedTensor::name).toList();
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
