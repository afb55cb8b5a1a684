package io.quant4j.api.error;

import org.jspecify.annotations.Nullable;

/**
 * More tokens than the context holds: shorten the input or open a session with a longer context.
 */
public final class ContextOverflowException extends QuantException {
  private static final long serialVersionUID = 1L;

  public ContextOverflowException(ErrorLocation location, String reason, String remedy) {
    this(location, reason, remedy, null);
  }

  public ContextOverflowException(
      ErrorLocation location, String reason, String remedy, @Nullable Throwable cause) {
    super(location, reason, remedy, cause);
  }
}
