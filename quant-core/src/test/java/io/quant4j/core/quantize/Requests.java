package io.quant4j.core.quantize;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.FileSplit;
import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceUse;
import io.quant4j.api.ModelChanges;
import io.quant4j.api.ProgressListener;
import io.quant4j.api.QuantizationPreview;
import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.QuantizationRecipe.FormatOverride;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizerOptions;
import io.quant4j.api.SizeLimit;
import io.quant4j.api.SizeTarget;
import io.quant4j.api.TensorSensitivity;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.algorithm.RoundToNearest;
import io.quant4j.core.discovery.Extensions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a test asks for, with defaults that its methods change. */
final class Requests {
  private final QuantizationRecipe recipe;
  private final CancellationToken cancellation = new CancellationToken();
  private int threads = 1;
  private boolean allowRequantize;
  private ProgressListener listener = ProgressListener.NONE;
  private HostKernels kernels = new HostKernels() {};
  private Optional<ImportanceUse> importance = Optional.empty();
  private SortedSet<Integer> pruned = new TreeSet<>();
  private Optional<SizeLimit> size = Optional.empty();
  private FileSplit split = new FileSplit.Single();

  private Requests(QuantizationRecipe recipe) {
    this.recipe = recipe;
  }

  static Requests of(String fileType) {
    return of(QuantizationRecipe.of(fileType));
  }

  static Requests of(QuantizationRecipe recipe) {
    return new Requests(recipe);
  }

  static QuantizationRecipe recipe(
      String fileType, boolean pure, Optional<FormatId> output, Optional<FormatId> embedding) {
    return new QuantizationRecipe(fileType, pure, false, output, embedding, List.of());
  }

  static FormatOverride override(String regex, FormatId format) {
    return new FormatOverride(Pattern.compile(regex), format);
  }

  Requests threads(int count) {
    threads = count;
    return this;
  }

  Requests requantize() {
    allowRequantize = true;
    return this;
  }

  Requests listener(ProgressListener value) {
    listener = value;
    return this;
  }

  Requests kernels(HostKernels value) {
    kernels = value;
    return this;
  }

  Requests importance(ImportanceMatrix matrix) {
    return importance(ImportanceUse.of(new ImportanceUse.Source.InMemory(matrix)));
  }

  Requests importance(ImportanceUse use) {
    importance = Optional.of(use);
    return this;
  }

  Requests without(Integer... layers) {
    pruned = new TreeSet<>(List.of(layers));
    return this;
  }

  Requests sized(SizeTarget target, Optional<TensorSensitivity> sensitivity) {
    size = Optional.of(new SizeLimit(target, sensitivity));
    return this;
  }

  Requests split(FileSplit value) {
    split = value;
    return this;
  }

  CancellationToken cancellation() {
    return cancellation;
  }

  QuantizerOptions options() {
    return new QuantizerOptions(
        Path.of("source"),
        Path.of("target"),
        recipe,
        size,
        "rtn",
        importance,
        new ModelChanges(pruned, Map.of()),
        split,
        Optional.empty(),
        threads,
        allowRequantize,
        listener,
        cancellation);
  }

  private Importance loaded() {
    return importance
        .map(use ->
            Importance.of(
                use,
                path -> {
                  throw new AssertionError(path + " is not in memory");
                }))
        .orElseGet(Importance::none);
  }

  private QuantizationRun prepared(MemoryWriter writer) {
    Codecs codecs = Codecs.of(Extensions.installed(), kernels);
    return new QuantizationRun(options(), writer, new RoundToNearest(), codecs, loaded());
  }

  /** Runs with the formats installed. */
  QuantizationReport run(Checkpoint source, MemoryWriter writer) {
    return prepared(writer).run(source);
  }

  /** Previews with the formats installed. */
  QuantizationPreview preview(Checkpoint source, MemoryWriter writer) {
    return prepared(writer).preview(source);
  }

  /** Plans with all formats of GGUF. */
  QuantizationPlan plan(Checkpoint source, MemoryWriter writer) {
    return new Planner(
            options(), source, writer, new RoundToNearest(), StubFormat.codecs(), loaded())
        .plan();
  }

  /** The formats that a plan for a target in memory gives, by name of the tensor. */
  static Map<String, String> formats(QuantizationRecipe recipe, MemoryCheckpoint source) {
    return formats(of(recipe).plan(source, new MemoryWriter()));
  }

  /** The formats of a plan, by name of the tensor. */
  static Map<String, String> formats(QuantizationPlan plan) {
    return plan.tensors().stream()
        .collect(Collectors.toMap(TensorPlan::name, t -> t.target().format().name()));
  }
}
