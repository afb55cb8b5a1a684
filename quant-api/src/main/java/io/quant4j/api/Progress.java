package io.quant4j.api;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a long operation has come.
 *
 * @param phase what is being done ("quantize", "perplexity", "copy weights", "move weights")
 * @param item the tensor or chunk in work
 * @param done units finished; bytes when quantizing, copying or moving, tokens when evaluating
 * @param total units in all
 * @param elapsed since the operation began
 */
public record Progress(String phase, String item, long done, long total, Duration elapsed) {

  /** Share done, 0 to 1. */
  public double fraction() {
    return total == 0 ? 1 : (double) done / total;
  }

  /** Time left at the pace so far; empty before anything is done. */
  public Optional<Duration> remaining() {
    if (done == 0) {
      return Optional.empty();
    }
    double perUnit = (double) elapsed.toNanos() / done;
    return Optional.of(Duration.ofNanos((long) (perUnit * (total - done))));
  }
}
