package io.quant4j.api;

import io.quant4j.api.QuantizationRecipe.FormatOverride;
import io.quant4j.api.tensor.FormatId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A recipe in the making: a complete one, or single settings. */
final class RecipeDraft {
  private @Nullable QuantizationRecipe recipe;
  private @Nullable String fileType;
  private @Nullable Boolean pure;
  private @Nullable Boolean leaveOutput;
  private @Nullable FormatId outputFormat;
  private @Nullable FormatId embeddingFormat;
  private final List<FormatOverride> overrides = new ArrayList<>();

  void recipe(QuantizationRecipe value) {
    recipe = Options.once("recipe", recipe, value);
  }

  void fileType(String name) {
    fileType = Options.once("fileType", fileType, name);
  }

  void pure(boolean value) {
    pure = Options.once("pure", pure, value);
  }

  void leaveOutput(boolean value) {
    leaveOutput = Options.once("leaveOutput", leaveOutput, value);
  }

  void outputFormat(FormatId format) {
    outputFormat = Options.once("outputFormat", outputFormat, format);
  }

  void embeddingFormat(FormatId format) {
    embeddingFormat = Options.once("embeddingFormat", embeddingFormat, format);
  }

  void override(FormatOverride override) {
    overrides.add(override);
  }

  /**
   * @param sized whether a size decides the formats: a file type is then not needed
   */
  QuantizationRecipe build(boolean sized) {
    if (recipe != null) {
      if (hasSingleSetting()) {
        throw Options.invalid(
            "recipe",
            "is set together with fileType, pure, leaveOutput, outputFormat, embeddingFormat or"
                + " override",
            "Put everything into the recipe, or use the single settings only.");
      }
      return recipe;
    }
    boolean left = Optional.ofNullable(leaveOutput).orElse(false);
    if (left && outputFormat != null) {
      throw Options.invalid(
          "leaveOutput", "is set together with outputFormat", "Keep one of the two.");
    }
    return new QuantizationRecipe(
        sized && fileType == null
            ? QuantizationRecipe.BY_SIZE
            : Options.required("fileType", fileType),
        Optional.ofNullable(pure).orElse(false),
        left,
        Optional.ofNullable(outputFormat),
        Optional.ofNullable(embeddingFormat),
        overrides);
  }

  private boolean hasSingleSetting() {
    return fileType != null
        || pure != null
        || leaveOutput != null
        || outputFormat != null
        || embeddingFormat != null
        || !overrides.isEmpty();
  }
}
