package io.quant4j.api.error;

import org.jspecify.annotations.Nullable;

/**
 * The bytes of a model file break the rules of its format: get the file again, or tell whoever
 * wrote it.
 */
public final class MalformedModelException extends QuantException {
  private static final long serialVersionUID = 1L;

  public MalformedModelException(ErrorLocation location, String reason, String remedy) {
    this(location, reason, remedy, null);
  }

  public MalformedModelException(
      ErrorLocation location, String reason, String remedy, @Nullable Throwable cause) {
    super(location, reason, remedy, cause);
  }
}
