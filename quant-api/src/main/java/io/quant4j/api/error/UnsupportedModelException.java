package io.quant4j.api.error;

import org.jspecify.annotations.Nullable;

/** The file is well-formed but holds something that this library, as installed, cannot handle. */
public final class UnsupportedModelException extends QuantException {
  private static final long serialVersionUID = 1L;

  public UnsupportedModelException(ErrorLocation location, String reason, String remedy) {
    this(location, reason, remedy, null);
  }

  public UnsupportedModelException(
      ErrorLocation location, String reason, String remedy, @Nullable Throwable cause) {
    super(location, reason, remedy, cause);
  }
}
