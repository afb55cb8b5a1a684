package io.quant4j.api;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.tensor.FormatId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a model small: reads a Hugging Face directory or GGUF file row by row, writes a quantized
 * file beside its target and moves it there once it is complete and checked.
 */
public final class Quantizer {
  private final QuantizerOptions options;

  private Quantizer(QuantizerOptions options) {
    this.options = options;
  }

  /** Starts the description of a quantization. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Does the work on the calling thread and {@code threads - 1} others. May be called again.
   *
   * @return what became of each tensor
   * @throws io.quant4j.api.error.QuantException if it cannot be done; the target is then as it was
   *     before
   */
  public QuantizationReport run() {
    return Engine.provider().quantize(options);
  }

  /** Collects the options of a {@link Quantizer}; each may be set once. */
  public static final class Builder {
    private @Nullable Path source;
    private @Nullable Path target;
    private @Nullable QuantizationRecipe recipe;
    private @Nullable String fileType;
    private @Nullable FormatId outputFormat;
    private @Nullable FormatId embeddingFormat;
    private @Nullable Boolean pure;
    private @Nullable String algorithm;
    private @Nullable Integer threads;
    private @Nullable Boolean allowRequantize;
    private @Nullable ProgressListener listener;
    private @Nullable CancellationToken cancellation;
    private final List<QuantizationRecipe.FormatOverride> overrides = new ArrayList<>();

    private Builder() {}

    /**
     * The model to read: a Hugging Face directory, a safetensors file or a GGUF file (of a split
     * set, the first).
     */
    public Builder source(Path path) {
      source = once("source", source, path);
      return this;
    }

    /** The file to write; {@code .gguf} chooses the GGUF container. */
    public Builder target(Path path) {
      target = once("target", target, path);
      return this;
    }

    /** A file type by upstream's name, such as {@code Q4_K_M}; letter case does not matter. */
    public Builder fileType(String name) {
      fileType = once("fileType", fileType, name);
      return this;
    }

    /** A complete recipe, instead of {@link #fileType} and the single settings. */
    public Builder recipe(QuantizationRecipe value) {
      recipe = once("recipe", recipe, value);
      return this;
    }

    /** Gives every matrix the file type's base format instead of its mix. */
    public Builder pure(boolean value) {
      pure = once("pure", pure, value);
      return this;
    }

    /** Format of the output matrix. */
    public Builder outputFormat(FormatId format) {
      outputFormat = once("outputFormat", outputFormat, format);
      return this;
    }

    /** Format of the token embedding. */
    public Builder embeddingFormat(FormatId format) {
      embeddingFormat = once("embeddingFormat", embeddingFormat, format);
      return this;
    }

    /**
     * Format of the tensors whose name (in the target container) contains a match of a regular
     * expression. May be called several times; the first match wins.
     */
    public Builder override(String tensorNameRegex, FormatId format) {
      try {
        overrides.add(
            new QuantizationRecipe.FormatOverride(Pattern.compile(tensorNameRegex), format));
      } catch (PatternSyntaxException e) {
        throw new InvalidRequestException(
            ErrorLocation.subject(tensorNameRegex),
            "override is not a regular expression: " + e.getDescription(),
            "Escape the character at index " + e.getIndex() + " or correct the expression.",
            e);
      }
      return this;
    }

    /** How codes are chosen; {@code rtn} (round to nearest) if not set. */
    public Builder algorithm(String name) {
      algorithm = once("algorithm", algorithm, name);
      return this;
    }

    /**
     * Threads that work, the caller's included; all processors if not set. The bytes written do not
     * depend on it.
     */
    public Builder threads(int count) {
      if (count < 1) {
        throw Options.invalid(
            "threads", "must be at least 1, not " + count, "Leave it out to use all processors.");
      }
      threads = once("threads", threads, count);
      return this;
    }

    /** Allows to quantize tensors that are quantized already; the error of both rounds adds up. */
    public Builder allowRequantize(boolean value) {
      allowRequantize = once("allowRequantize", allowRequantize, value);
      return this;
    }

    /** Told of progress after every few megabytes. */
    public Builder listener(ProgressListener value) {
      listener = once("listener", listener, value);
      return this;
    }

    /** Stops the work from another thread. */
    public Builder cancellation(CancellationToken token) {
      cancellation = once("cancellation", cancellation, token);
      return this;
    }

    /**
     * Checks the settings against each other.
     *
     * @throws InvalidRequestException naming the settings that are missing or contradict each other
     */
    public Quantizer build() {
      Path from = required("source", source);
      Path to = required("target", target);
      if (from.equals(to) || isSameFile(from, to)) {
        throw Options.invalid("target", "is the source file", "Write to another file.");
      }
      return new Quantizer(
          new QuantizerOptions(
              from,
              to,
              buildRecipe(),
              Optional.ofNullable(algorithm).orElse("rtn"),
              Optional.ofNullable(threads).orElse(Runtime.getRuntime().availableProcessors()),
              Optional.ofNullable(allowRequantize).orElse(false),
              Optional.ofNullable(listener).orElse(ProgressListener.NONE),
              Optional.ofNullable(cancellation).orElseGet(CancellationToken::new)));
    }

    private static boolean isSameFile(Path from, Path to) {
      try {
        return Files.exists(to) && Files.isSameFile(from, to);
      } catch (IOException e) {
        return false;
      }
    }

    private QuantizationRecipe buildRecipe() {
      boolean single =
          fileType != null
              || pure != null
              || outputFormat != null
              || embeddingFormat != null
              || !overrides.isEmpty();
      if (recipe != null) {
        if (single) {
          throw Options.invalid(
              "recipe",
              "is set together with fileType, pure, outputFormat, embeddingFormat or override",
              "Put everything into the recipe, or use the single settings only.");
        }
        return recipe;
      }
      return new QuantizationRecipe(
          required("fileType", fileType),
          Optional.ofNullable(pure).orElse(false),
          Optional.ofNullable(outputFormat),
          Optional.ofNullable(embeddingFormat),
          overrides);
    }

    private static <T> T required(String option, @Nullable T value) {
      return Options.required(option, value);
    }

    private static <T> T once(String option, @Nullable T before, T value) {
      return Options.once(option, before, value);
    }
  }
}
