package io.quant4j.api.error;

import org.jspecify.annotations.Nullable;

/** Nothing installed answers to a name: add the jar that the remedy names. */
public final class MissingExtensionException extends QuantException {
  private static final long serialVersionUID = 1L;

  public MissingExtensionException(ErrorLocation location, String reason, String remedy) {
    this(location, reason, remedy, null);
  }

  public MissingExtensionException(
      ErrorLocation location, String reason, String remedy, @Nullable Throwable cause) {
    super(location, reason, remedy, cause);
  }
}
