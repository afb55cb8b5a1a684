package io.quant4j.api.error;

import org.jspecify.annotations.Nullable;

/** The caller asked for something impossible or contradictory: change the call. */
public final class InvalidRequestException extends QuantException {
  private static final long serialVersionUID = 1L;

  public InvalidRequestException(ErrorLocation location, String reason, String remedy) {
    this(location, reason, remedy, null);
  }

  public InvalidRequestException(
      ErrorLocation location, String reason, String remedy, @Nullable Throwable cause) {
    super(location, reason, remedy, cause);
  }
}
