package io.quant4j.api;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.tensor.FormatId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What each tensor becomes: a file type's mix, then exceptions from it.
 *
 * @param fileType name as upstream spells it, such as {@code Q4_K_M}, its number in GGUF, or {@code
 *     COPY}, by which every matrix keeps its format
 * @param pure whether every matrix gets the file type's base format, without the mix
 * @param leaveOutput whether the output matrix keeps its format
 * @param outputFormat format of the output matrix, instead of the mix's
 * @param embeddingFormat format of the token embedding, instead of the mix's
 * @param overrides exceptions by name, the first that matches wins
 */
public record QuantizationRecipe(
    String fileType,
    boolean pure,
    boolean leaveOutput,
    Optional<FormatId> outputFormat,
    Optional<FormatId> embeddingFormat,
    List<FormatOverride> overrides) {

  /** File type of a model whose formats a size decides, where none is named. */
  static final String BY_SIZE = "Q4_K_M";

  public QuantizationRecipe {
    overrides = List.copyOf(overrides);
  }

  /** The file type's own mix. */
  public static QuantizationRecipe of(String fileType) {
    return new QuantizationRecipe(
        fileType, false, false, Optional.empty(), Optional.empty(), List.of());
  }

  /** This recipe with one more exception, asked after those before it. */
  public QuantizationRecipe with(FormatOverride override) {
    List<FormatOverride> more = new ArrayList<>(overrides);
    more.add(override);
    return new QuantizationRecipe(fileType, pure, leaveOutput, outputFormat, embeddingFormat, more);
  }

  /**
   * An exception by name.
   *
   * @param tensors found anywhere in the target container's name of the tensor
   * @param format what such tensors become
   */
  public record FormatOverride(Pattern tensors, FormatId format) {

    /**
     * An exception by a regular expression.
     *
     * @throws InvalidRequestException if it is none
     */
    public static FormatOverride of(String tensorNameRegex, FormatId format) {
      try {
        return new FormatOverride(Pattern.compile(tensorNameRegex), format);
      } catch (PatternSyntaxException e) {
        throw new InvalidRequestException(
            ErrorLocation.subject(tensorNameRegex),
            "override is not a regular expression: " + e.getDescription(),
            "Escape the character at index " + e.getIndex() + " or correct the expression.",
            e);
      }
    }

    /**
     * Reads {@code REGEX=FORMAT}, such as {@code ffn_down=Q6_K}; the last equals sign separates,
     * and the letter case of the format does not matter.
     *
     * @throws InvalidRequestException if it is none
     */
    public static FormatOverride parse(String text) {
      int separator = text.lastIndexOf('=');
      if (separator < 1 || separator == text.length() - 1) {
        throw malformed(text, null);
      }
      String format = text.substring(separator + 1).toUpperCase(Locale.ROOT);
      try {
        return of(text.substring(0, separator), new FormatId(format));
      } catch (IllegalArgumentException e) {
        throw malformed(text, e);
      }
    }

    private static InvalidRequestException malformed(String text, @Nullable Throwable cause) {
      return new InvalidRequestException(
          ErrorLocation.subject(text),
          cause == null
              ? "not an override of the form REGEX=FORMAT"
              : "the override names no format: " + cause.getMessage(),
          "Write a part of the tensors' names and a format, such as ffn_down=Q6_K.",
          cause);
    }

    /**
     * Reads a file of such exceptions, separated by white space.
     *
     * @throws InvalidRequestException if one is malformed
     * @throws ModelIoException if the file cannot be read
     */
    public static List<FormatOverride> read(Path file) {
      try {
        return Files.readString(file)
            .strip()
            .lines()
            .flatMap(line -> Arrays.stream(line.strip().split("\\s+", -1)))
            .filter(word -> !word.isEmpty())
            .map(FormatOverride::parse)
            .toList();
      } catch (IOException e) {
        throw new ModelIoException(
            ErrorLocation.of(file),
            "the overrides cannot be read (" + e + ")",
            "Check that the file exists, is text in UTF-8 and may be read.",
            e);
      }
    }
  }
}
