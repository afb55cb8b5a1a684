package io.quant4j.cli;

import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.WeightMemory;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.tensor.FormatId;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the models of a command run on. */
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class LoadingOptions {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute; all processors if not given.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "Kernel backend, which must then work ('quant4j doctor' lists them).")
  private Optional<String> backend = Optional.empty();

  @Option(
      names = "--prefill-batch",
      paramLabel = "N",
      description = "Most prompt tokens processed at once; 256 if not given.")
  private Optional<Integer> prefillBatch = Optional.empty();

  @Option(
      names = "--exact-products",
      description = "Multiply with the precision of floats, whatever is faster.")
  private boolean exactProducts;

  @Option(
      names = "--gpu-layers",
      paramLabel = "N",
      description =
          "Layers to run on GPUs, the last ones first, if the backend has GPUs; as many as fit if"
              + " not given.")
  private Optional<Integer> gpuLayers = Optional.empty();

  @Option(
      names = "--cache-type-k",
      paramLabel = "FORMAT",
      description = "Format in which keys are kept, such as F16; the backend's own if not given.")
  private Optional<String> keyCache = Optional.empty();

  @Option(
      names = "--cache-type-v",
      paramLabel = "FORMAT",
      description = "Format in which values are kept; the same as of keys if not given.")
  private Optional<String> valueCache = Optional.empty();

  @Option(
      names = "--no-mmap",
      description =
          "Copy the weights into memory, in huge pages where the system has them, instead of"
              + " reading them in the mapped file: starts later, generates faster.")
  private boolean noMmap;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Loads a model; the library's log says so if a faster backend could not be used. */
  Model load(Path path) {
    LoadOptions options = LoadOptions.defaults();
    options = threads.map(options::withThreads).orElse(options);
    options = backend.map(options::withBackend).orElse(options);
    options = prefillBatch.map(options::withPrefillBatch).orElse(options);
    options = gpuLayers.map(options::withGpuLayers).orElse(options);
    if (keyCache.isPresent() || valueCache.isPresent()) {
      FormatId keys = format(keyCache.or(() -> valueCache).orElseThrow());
      FormatId values = format(valueCache.or(() -> keyCache).orElseThrow());
      options = options.withCache(keys, values);
    }
    options = noMmap ? options.withWeights(WeightMemory.COPIED) : options;
    try (ProgressLine progress = ProgressLine.on(spec.commandLine().getErr())) {
      return Model.load(path, options.withExactProducts(exactProducts).withListener(progress));
    }
  }

  /** A format by its name in either case, as other tools take it. */
  private static FormatId format(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    if (!upper.matches("[A-Z0-9_]{1,32}")) {
      throw new InvalidRequestException(
          ErrorLocation.subject("cache"),
          "there is no format '" + name + "'",
          "Name one such as F16 or Q8_0.");
    }
    return new FormatId(upper);
  }
}
