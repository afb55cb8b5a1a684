package io.quant4j.api;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks that all builders share. */
final class Options {
  private Options() {}

  /** Takes a value for an option that must not be set yet. */
  static <T> T once(String option, @Nullable T before, T value) {
    Objects.requireNonNull(value, option);
    if (before != null) {
      throw invalid(option, "is set twice, to " + before + " and to " + value, "Set it once.");
    }
    return value;
  }

  static <T> T required(String option, @Nullable T value) {
    if (value == null) {
      throw invalid(option, "is not set", "Call " + option + "(...) before build().");
    }
    return value;
  }

  static InvalidRequestException invalid(String option, String reason, String remedy) {
    return new InvalidRequestException(
        ErrorLocation.subject(option), option + " " + reason, remedy);
  }
}
