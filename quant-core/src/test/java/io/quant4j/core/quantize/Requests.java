package io.quant4j.core.quantize;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.ProgressListener;
import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.QuantizationRecipe.FormatOverride;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizerOptions;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.algorithm.RoundToNearest;
import io.quant4j.core.discovery.Extensions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What tests ask for, with defaults. */
record Requests(
    QuantizationRecipe recipe,
    int threads,
    boolean allowRequantize,
    ProgressListener listener,
    CancellationToken cancellation,
    HostKernels kernels) {

  static Requests of(String fileType) {
    return of(QuantizationRecipe.of(fileType));
  }

  static Requests of(QuantizationRecipe recipe) {
    return new Requests(
        recipe, 1, false, ProgressListener.NONE, new CancellationToken(), new HostKernels() {});
  }

  static QuantizationRecipe recipe(
      String fileType, boolean pure, Optional<FormatId> output, Optional<FormatId> embedding) {
    return new QuantizationRecipe(fileType, pure, output, embedding, List.of());
  }

  static FormatOverride override(String regex, FormatId format) {
    return new FormatOverride(Pattern.compile(regex), format);
  }

  Requests threads(int count) {
    return new Requests(recipe, count, allowRequantize, listener, cancellation, kernels);
  }

  Requests requantize() {
    return new Requests(recipe, threads, true, listener, cancellation, kernels);
  }

  Requests listener(ProgressListener value) {
    return new Requests(recipe, threads, allowRequantize, value, cancellation, kernels);
  }

  Requests kernels(HostKernels value) {
    return new Requests(recipe, threads, allowRequantize, listener, cancellation, value);
  }

  QuantizerOptions options() {
    return new QuantizerOptions(
        Path.of("source"),
        Path.of("target"),
        recipe,
        "rtn",
        threads,
        allowRequantize,
        listener,
        cancellation);
  }

  /** Runs with the formats installed. */
  QuantizationReport run(Checkpoint source, MemoryWriter writer) {
    return QuantizationRun.run(
        options(),
        source,
        writer,
        new RoundToNearest(),
        Codecs.of(Extensions.installed(), kernels));
  }

  /** Plans with all formats of GGUF. */
  QuantizationPlan plan(Checkpoint source, MemoryWriter writer) {
    return new Planner(options(), source, writer, new RoundToNearest(), StubFormat.codecs()).plan();
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
