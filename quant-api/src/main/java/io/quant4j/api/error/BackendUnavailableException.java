package io.quant4j.api.error;

import org.jspecify.annotations.Nullable;

/** A kernel backend that was asked for by name cannot run here. */
public final class BackendUnavailableException extends QuantException {
  private static final long serialVersionUID = 1L;

  public BackendUnavailableException(ErrorLocation location, String reason, String remedy) {
    this(location, reason, remedy, null);
  }

  public BackendUnavailableException(
      ErrorLocation location, String reason, String remedy, @Nullable Throwable cause) {
    super(location, reason, remedy, cause);
  }
}
