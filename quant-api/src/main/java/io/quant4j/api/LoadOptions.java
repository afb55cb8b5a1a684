package io.quant4j.api;

import io.quant4j.api.tensor.FormatId;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * How a model is loaded. Immutable; start from {@link #defaults()}.
 *
 * @param threads threads that compute, the caller's included; empty for all processors
 * @param backend name of the kernel backend, which must then work; empty for the best usable one
 * @param prefillBatch most prompt tokens processed at once
 * @param gpuLayers layers to run on devices, the last ones first, if the backend has devices; empty
 *     for as many as fit their free memory
 * @param keyCache format in which sessions keep keys; empty for the backend's usual one
 * @param valueCache format in which sessions keep values; empty for the backend's usual one
 * @param exactProducts whether sessions multiply with the precision of floats, so that results do
 *     not depend on how a text is cut into batches; otherwise a backend may round the weights and
 *     activations of large batches to 14 and 15 bits and the activations of single tokens to 16,
 *     which is faster. Measurements of a model (perplexity, comparison, importance, sensitivity)
 *     are always exact
 * @param weights where weights of layers on the host lie
 * @param listener told of progress while weights are copied or moved to devices, matrix by matrix
 * @param cancellation ends loading before the next matrix; nothing is left behind
 */
public record LoadOptions(
    OptionalInt threads,
    Optional<String> backend,
    int prefillBatch,
    OptionalInt gpuLayers,
    Optional<FormatId> keyCache,
    Optional<FormatId> valueCache,
    boolean exactProducts,
    WeightMemory weights,
    ProgressListener listener,
    CancellationToken cancellation) {
  /** What every grid of a device and every array takes. */
  private static final int MOST_PREFILL_BATCH = 32_768;

  public LoadOptions {
    if (threads.isPresent() && threads.getAsInt() < 1) {
      throw Options.invalid(
          "threads",
          "must be at least 1, not " + threads.getAsInt(),
          "Leave it out to use all processors.");
    }
    if (prefillBatch < 1 || prefillBatch > MOST_PREFILL_BATCH) {
      throw Options.invalid(
          "prefillBatch",
          "must be from 1 to %,d, not %,d".formatted(MOST_PREFILL_BATCH, prefillBatch),
          "The default is 256; beyond 2,048 nothing gets faster.");
    }
    if (gpuLayers.isPresent() && gpuLayers.getAsInt() < 0) {
      throw Options.invalid(
          "gpuLayers",
          "must be at least 0, not " + gpuLayers.getAsInt(),
          "Leave it out to use as much of the devices' memory as there is.");
    }
  }

  /**
   * All processors, the best usable backend, batches of 256, devices as far as they suffice, mapped
   * weights.
   */
  public static LoadOptions defaults() {
    return new LoadOptions(
        OptionalInt.empty(),
        Optional.empty(),
        256,
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        WeightMemory.MAPPED,
        ProgressListener.NONE,
        new CancellationToken());
  }

  public LoadOptions withThreads(int count) {
    return changed(draft -> draft.threads = OptionalInt.of(count));
  }

  public LoadOptions withBackend(String name) {
    return changed(draft -> draft.backend = Optional.of(name));
  }

  public LoadOptions withPrefillBatch(int tokens) {
    return changed(draft -> draft.prefillBatch = tokens);
  }

  public LoadOptions withGpuLayers(int layers) {
    return changed(draft -> draft.gpuLayers = OptionalInt.of(layers));
  }

  /** With formats for keys and values; which ones work depends on the backend. */
  public LoadOptions withCache(FormatId keys, FormatId values) {
    return changed(draft -> {
      draft.keyCache = Optional.of(keys);
      draft.valueCache = Optional.of(values);
    });
  }

  /** With products in the precision of floats, or as fast as the backend can. */
  public LoadOptions withExactProducts(boolean exact) {
    return changed(draft -> draft.exactProducts = exact);
  }

  /** With weights in the mapped file, or copied when the model is loaded. */
  public LoadOptions withWeights(WeightMemory memory) {
    return changed(draft -> draft.weights = memory);
  }

  public LoadOptions withListener(ProgressListener value) {
    return changed(draft -> draft.listener = value);
  }

  public LoadOptions withCancellation(CancellationToken value) {
    return changed(draft -> draft.cancellation = value);
  }

  private LoadOptions changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.finish();
  }

  /** The values while one of them changes. */
  private static final class Draft {
    private OptionalInt threads;
    private Optional<String> backend;
    private int prefillBatch;
    private OptionalInt gpuLayers;
    private Optional<FormatId> keyCache;
    private Optional<FormatId> valueCache;
    private boolean exactProducts;
    private WeightMemory weights;
    private ProgressListener listener;
    private CancellationToken cancellation;

    Draft(LoadOptions from) {
      threads = from.threads;
      backend = from.backend;
      prefillBatch = from.prefillBatch;
      gpuLayers = from.gpuLayers;
      keyCache = from.keyCache;
      valueCache = from.valueCache;
      exactProducts = from.exactProducts;
      weights = from.weights;
      listener = from.listener;
      cancellation = from.cancellation;
    }

    LoadOptions finish() {
      return new LoadOptions(
          threads,
          backend,
          prefillBatch,
          gpuLayers,
          keyCache,
          valueCache,
          exactProducts,
          weights,
          listener,
          cancellation);
    }
  }
}
