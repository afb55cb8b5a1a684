package io.quant4j.api.error;

import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Root of everything that this library throws on purpose. The message reads {@code reason [where].
 * remedy}; the parts are also kept apart so that a program can show or act on them.
 */
public abstract class QuantException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final ErrorLocation location;
  private final String remedy;

  /**
   * @param location what the error is about; {@link ErrorLocation#none()} when nothing can be named
   * @param reason what is wrong, without a final full stop
   * @param remedy what the reader can do about it, a full sentence
   */
  protected QuantException(
      ErrorLocation location, String reason, String remedy, @Nullable Throwable cause) {
    super(message(location, reason, remedy), cause);
    this.reason = reason;
    this.location = location;
    this.remedy = remedy;
  }

  private static String message(ErrorLocation location, String reason, String remedy) {
    String where = location.toString();
    return where.isEmpty() ? reason + ". " + remedy : reason + " [" + where + "]. " + remedy;
  }

  /** What is wrong. */
  public final String reason() {
    return reason;
  }

  /** What the reader can do about it. */
  public final String remedy() {
    return remedy;
  }

  /** The file concerned, as given by the caller. */
  public final Optional<String> file() {
    return Optional.ofNullable(location.file());
  }

  /** Byte offset in {@link #file()} at which the fault was seen. */
  public final OptionalLong offset() {
    return location.offset() < 0 ? OptionalLong.empty() : OptionalLong.of(location.offset());
  }

  /** The tensor, metadata key or option concerned. */
  public final Optional<String> subject() {
    return Optional.ofNullable(location.subject());
  }
}
