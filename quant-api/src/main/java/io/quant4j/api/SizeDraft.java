package io.quant4j.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A size target in the making. */
final class SizeDraft {
  private @Nullable SizeTarget target;
  private @Nullable TensorSensitivity sensitivity;

  void target(String option, SizeTarget value) {
    target = Options.once(option, target, value);
  }

  void sensitivity(TensorSensitivity value) {
    sensitivity = Options.once("sensitivity", sensitivity, value);
  }

  Optional<SizeLimit> build() {
    if (target == null && sensitivity != null) {
      throw Options.invalid(
          "sensitivity",
          "is set without a size",
          "Set targetBitsPerWeight or targetBytes too, or leave it out.");
    }
    return Optional.ofNullable(target)
        .map(size -> new SizeLimit(size, Optional.ofNullable(sensitivity)));
  }
}
