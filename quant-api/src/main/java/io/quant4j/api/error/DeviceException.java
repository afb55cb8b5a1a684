package io.quant4j.api.error;

import org.jspecify.annotations.Nullable;

/**
 * A device cannot do what it was asked to: its memory does not suffice, or its driver reports a
 * fault.
 */
public final class DeviceException extends QuantException {
  private static final long serialVersionUID = 1L;

  public DeviceException(ErrorLocation location, String reason, String remedy) {
    this(location, reason, remedy, null);
  }

  public DeviceException(
      ErrorLocation location, String reason, String remedy, @Nullable Throwable cause) {
    super(location, reason, remedy, cause);
  }
}
