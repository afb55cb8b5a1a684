package io.quant4j.api.error;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an error was seen.
 *
 * @param file the file, or null
 * @param offset byte offset in the file, or -1
 * @param subject the tensor, metadata key or option, or null
 */
public record ErrorLocation(@Nullable String file, long offset, @Nullable String subject)
    implements Serializable {

  private static final ErrorLocation NONE = new ErrorLocation(null, -1, null);

  public static ErrorLocation none() {
    return NONE;
  }

  public static ErrorLocation of(Path file) {
    return new ErrorLocation(file.toString(), -1, null);
  }

  public static ErrorLocation of(Path file, long offset) {
    return new ErrorLocation(file.toString(), offset, null);
  }

  public static ErrorLocation of(Path file, String subject) {
    return new ErrorLocation(file.toString(), -1, subject);
  }

  public static ErrorLocation of(Path file, long offset, String subject) {
    return new ErrorLocation(file.toString(), offset, subject);
  }

  public static ErrorLocation subject(String subject) {
    return new ErrorLocation(null, -1, subject);
  }

  @Override
  public String toString() {
    List<String> parts = new ArrayList<>(3);
    if (file != null) {
      parts.add(file);
    }
    if (offset >= 0) {
      parts.add("offset " + offset);
    }
    if (subject != null) {
      parts.add("'" + subject + "'");
    }
    return String.join(", ", parts);
  }
}
