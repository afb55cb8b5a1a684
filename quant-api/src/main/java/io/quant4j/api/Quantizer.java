package io.quant4j.api;

import io.quant4j.api.QuantizationRecipe.FormatOverride;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.MetadataValue;
import io.quant4j.api.tensor.FormatId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes a model small: reads a Hugging Face directory or GGUF file row by row, writes quantized
 * files beside their target and moves them there once they are complete and checked.
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

  /**
   * Decides everything that {@link #run()} would. Reads no tensor's data, unless a size decides the
   * formats: that takes some rows of each matrix.
   *
   * @return what would become of each tensor, with exact sizes
   * @throws io.quant4j.api.error.QuantException if it could not be done
   */
  public QuantizationPreview plan() {
    return Engine.provider().plan(options);
  }

  /** Collects the options of a {@link Quantizer}; each may be set once. */
  public static final class Builder {
    private @Nullable Path source;
    private @Nullable Path target;
    private @Nullable String algorithm;
    private @Nullable String backend;
    private @Nullable Integer threads;
    private @Nullable Boolean allowRequantize;
    private @Nullable ProgressListener listener;
    private @Nullable CancellationToken cancellation;
    private final RecipeDraft recipe = new RecipeDraft();
    private final SizeDraft size = new SizeDraft();
    private final ImportanceDraft importance = new ImportanceDraft();
    private final SplitDraft split = new SplitDraft();
    private final SortedSet<Integer> prunedLayers = new TreeSet<>();
    private final Map<String, MetadataValue> metadata = new LinkedHashMap<>();

    private Builder() {}

    /**
     * The model to read: a Hugging Face directory, a safetensors file or a GGUF file (of a split
     * set, the first).
     */
    public Builder source(Path path) {
      source = once("source", source, path);
      return this;
    }

    /**
     * The file to write; {@code .gguf} chooses the GGUF container. Split files are named after it:
     * {@code m.gguf} gives {@code m-00001-of-00002.gguf} and so on.
     */
    public Builder target(Path path) {
      target = once("target", target, path);
      return this;
    }

    /**
     * A file type by upstream's name, such as {@code Q4_K_M}, or by its number in GGUF; {@code
     * COPY} lets every matrix keep its format. Letter case does not matter.
     */
    public Builder fileType(String name) {
      recipe.fileType(name);
      return this;
    }

    /** A complete recipe, instead of {@link #fileType} and the single settings. */
    public Builder recipe(QuantizationRecipe value) {
      recipe.recipe(value);
      return this;
    }

    /** Gives every matrix the file type's base format instead of its mix. */
    public Builder pure(boolean value) {
      recipe.pure(value);
      return this;
    }

    /** Lets the output matrix keep its format; an embedding that serves as such does not count. */
    public Builder leaveOutput(boolean value) {
      recipe.leaveOutput(value);
      return this;
    }

    /** Format of the output matrix. */
    public Builder outputFormat(FormatId format) {
      recipe.outputFormat(format);
      return this;
    }

    /** Format of the token embedding. */
    public Builder embeddingFormat(FormatId format) {
      recipe.embeddingFormat(format);
      return this;
    }

    /**
     * Format of the tensors whose name (in the target container) contains a match of a regular
     * expression. May be called several times; the first match wins.
     */
    public Builder override(String tensorNameRegex, FormatId format) {
      recipe.override(FormatOverride.of(tensorNameRegex, format));
      return this;
    }

    /** The overrides of a text file, see {@link FormatOverride#read}; read at once. */
    public Builder overridesOf(Path file) {
      FormatOverride.read(file).forEach(recipe::override);
      return this;
    }

    /**
     * Weights the error of each column by a file made from calibration text. The formats that use
     * it become better; those of fewest bits need it.
     */
    public Builder importanceMatrix(Path file) {
      importance.source(new ImportanceUse.Source.File(file));
      return this;
    }

    /** Weights the error of each column by a matrix that the program made. */
    public Builder importanceMatrix(ImportanceMatrix matrix) {
      importance.source(new ImportanceUse.Source.InMemory(matrix));
      return this;
    }

    /**
     * Uses the importance matrix only for weights whose name contains this. May be called several
     * times.
     */
    public Builder includeWeights(String namePart) {
      importance.include(namePart);
      return this;
    }

    /**
     * Does not use the importance matrix for weights whose name contains this. May be called
     * several times.
     */
    public Builder excludeWeights(String namePart) {
      importance.exclude(namePart);
      return this;
    }

    /** Leaves a decoder layer out, counted from 0; those behind it move up. May be repeated. */
    public Builder pruneLayer(int layer) {
      prunedLayers.add(layer);
      return this;
    }

    /**
     * Writes a metadata value instead of the model's own.
     *
     * @param key as the target container spells it, such as {@code general.name}
     */
    public Builder metadata(String key, MetadataValue value) {
      metadata.put(key, Options.once("metadata " + key, metadata.get(key), value));
      return this;
    }

    /** Writes a new file after every so many tensors. */
    public Builder splitMaxTensors(int count) {
      split.maxTensors(count);
      return this;
    }

    /** Writes a new file before the tensor with which one would exceed so many bytes of tensors. */
    public Builder splitMaxBytes(long bytes) {
      split.maxBytes(bytes);
      return this;
    }

    /** Lets the first file of a split set hold metadata only. */
    public Builder emptyFirstFile(boolean value) {
      split.emptyFirst(value);
      return this;
    }

    /** Writes as many files as the source has, each with the same tensors. */
    public Builder keepSplit(boolean value) {
      split.keep(value);
      return this;
    }

    /**
     * Chooses the format of each matrix itself, for the least expected loss that so many stored
     * bits per element allow, instead of following a file type's mix. Overrides and the formats of
     * output and embedding still win. The file type, if one is set, is only written down.
     */
    public Builder targetBitsPerWeight(double bits) {
      size.target("targetBitsPerWeight", new SizeTarget.BitsPerWeight(bits));
      return this;
    }

    /** As {@link #targetBitsPerWeight} for so many bytes of all files together. */
    public Builder targetBytes(long bytes) {
      size.target("targetBytes", new SizeTarget.Bytes(bytes));
      return this;
    }

    /**
     * What {@link Model#measureSensitivity} found out about this model, for {@link
     * #targetBitsPerWeight} and {@link #targetBytes}.
     */
    public Builder sensitivity(TensorSensitivity value) {
      size.sensitivity(value);
      return this;
    }

    /** How codes are chosen; {@code rtn} (round to nearest) if not set. */
    public Builder algorithm(String name) {
      algorithm = once("algorithm", algorithm, name);
      return this;
    }

    /**
     * Kernel backend whose encoders and decoders must be used; the best for this machine if not
     * set. All give the same bytes.
     */
    public Builder backend(String name) {
      backend = once("backend", backend, name);
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
      Optional<SizeLimit> limit = size.build();
      return new Quantizer(
          new QuantizerOptions(
              from,
              to,
              recipe.build(limit.isPresent()),
              limit,
              Optional.ofNullable(algorithm).orElse("rtn"),
              importance.build(),
              new ModelChanges(prunedLayers, metadata),
              split.build(),
              Optional.ofNullable(backend),
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

    private static <T> T required(String option, @Nullable T value) {
      return Options.required(option, value);
    }

    private static <T> T once(String option, @Nullable T before, T value) {
      return Options.once(option, before, value);
    }
  }
}
