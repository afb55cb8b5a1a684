package io.quant4j.api.error;

import org.jspecify.annotations.Nullable;

/**
 * The operating system refused to read or write: look at the cause, the disk and the permissions.
 */
public final class ModelIoException extends QuantException {
  private static final long serialVersionUID = 1L;

  public ModelIoException(ErrorLocation location, String reason, String remedy) {
    this(location, reason, remedy, null);
  }

  public ModelIoException(
      ErrorLocation location, String reason, String remedy, @Nullable Throwable cause) {
    super(location, reason, remedy, cause);
  }
}
