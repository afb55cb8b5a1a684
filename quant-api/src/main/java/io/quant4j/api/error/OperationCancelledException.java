package io.quant4j.api.error;

import org.jspecify.annotations.Nullable;

/** The caller cancelled the operation; nothing was left behind. */
public final class OperationCancelledException extends QuantException {
  private static final long serialVersionUID = 1L;

  public OperationCancelledException(ErrorLocation location, String reason, String remedy) {
    this(location, reason, remedy, null);
  }

  public OperationCancelledException(
      ErrorLocation location, String reason, String remedy, @Nullable Throwable cause) {
    super(location, reason, remedy, cause);
  }
}
