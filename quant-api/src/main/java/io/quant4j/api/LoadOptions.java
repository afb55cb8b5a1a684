package io.quant4j.api;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a model is loaded. Immutable; start from {@link #defaults()}.
 *
 * @param threads threads that compute, the caller's included; empty for all processors
 * @param backend name of the kernel backend, which must then work; empty for the best usable one
 * @param prefillBatch most prompt tokens processed at once
 */
public record LoadOptions(OptionalInt threads, Optional<String> backend, int prefillBatch) {

  public LoadOptions {
    if (threads.isPresent() && threads.getAsInt() < 1) {
      throw Options.invalid(
          "threads",
          "must be at least 1, not " + threads.getAsInt(),
          "Leave it out to use all processors.");
    }
    if (prefillBatch < 1) {
      throw Options.invalid(
          "prefillBatch", "must be at least 1, not " + prefillBatch, "The default is 128.");
    }
  }

  /** All processors, the best usable backend, batches of 128. */
  public static LoadOptions defaults() {
    return new LoadOptions(OptionalInt.empty(), Optional.empty(), 128);
  }

  public LoadOptions withThreads(int count) {
    return new LoadOptions(OptionalInt.of(count), backend, prefillBatch);
  }

  public LoadOptions withBackend(String name) {
    return new LoadOptions(threads, Optional.of(name), prefillBatch);
  }

  public LoadOptions withPrefillBatch(int tokens) {
    return new LoadOptions(threads, backend, tokens);
  }
}
