package io.quant4j.api;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.OperationCancelledException;

/** Lets one thread stop an operation of another. Once cancelled it stays so. Thread-safe. */
public final class CancellationToken {
  private volatile boolean cancelled;

  /** A token not yet cancelled. */
  public CancellationToken() {}

  /** Asks the operation to stop at its next check. */
  public void cancel() {
    cancelled = true;
  }

  public boolean isCancelled() {
    return cancelled;
  }

  /**
   * @throws OperationCancelledException if {@link #cancel()} was called
   */
  public void throwIfCancelled(String operation) {
    if (cancelled) {
      throw new OperationCancelledException(
          ErrorLocation.none(),
          operation + " was cancelled",
          "Nothing is left behind; start it again with a new token.");
    }
  }
}
