package io.quant4j.api;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The choice of how to spread a model over files, in the making. */
final class SplitDraft {
  private @Nullable Integer maxTensors;
  private @Nullable Long maxBytes;
  private @Nullable Boolean keep;
  private @Nullable Boolean emptyFirst;

  void maxTensors(int count) {
    if (count < 1) {
      throw Options.invalid("splitMaxTensors", "must be at least 1, not " + count, "Raise it.");
    }
    maxTensors = Options.once("splitMaxTensors", maxTensors, count);
  }

  void maxBytes(long bytes) {
    if (bytes < 1) {
      throw Options.invalid("splitMaxBytes", "must be at least 1, not " + bytes, "Raise it.");
    }
    maxBytes = Options.once("splitMaxBytes", maxBytes, bytes);
  }

  void keep(boolean value) {
    keep = Options.once("keepSplit", keep, value);
  }

  void emptyFirst(boolean value) {
    emptyFirst = Options.once("emptyFirstFile", emptyFirst, value);
  }

  FileSplit build() {
    boolean kept = Objects.requireNonNullElse(keep, false);
    boolean empty = Objects.requireNonNullElse(emptyFirst, false);
    int ways = (kept ? 1 : 0) + (maxTensors == null ? 0 : 1) + (maxBytes == null ? 0 : 1);
    if (ways > 1) {
      throw Options.invalid(
          "keepSplit, splitMaxTensors and splitMaxBytes", "are set together", "Keep one of them.");
    }
    if (empty && maxTensors == null && maxBytes == null) {
      throw Options.invalid(
          "emptyFirstFile",
          "is set without splitMaxTensors or splitMaxBytes",
          "Set one of them, or leave this out.");
    }
    if (kept) {
      return new FileSplit.AsSource();
    }
    if (maxTensors != null) {
      return new FileSplit.MaxTensors(maxTensors, empty);
    }
    return Optional.ofNullable(maxBytes)
        .<FileSplit>map(bytes -> new FileSplit.MaxBytes(bytes, empty))
        .orElseGet(FileSplit.Single::new);
  }
}
