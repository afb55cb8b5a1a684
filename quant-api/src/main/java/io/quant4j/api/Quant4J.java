package io.quant4j.api;

import io.quant4j.api.spi.Checkpoint;
import java.nio.file.Path;
import java.util.List;

/** Looking without running: what a file holds, and what this machine can run it on. */
public final class Quant4J {
  private Quant4J() {}

  /**
   * Opens a model file or directory to look at its metadata and tensors.
   *
   * @return to be closed by the caller
   * @throws io.quant4j.api.error.QuantException if it is no valid model of a known container
   */
  public static Checkpoint open(Path path) {
    return Engine.provider().open(path);
  }

  /**
   * Reads all tensors and looks for NaN and infinity among their numbers and their blocks' scales.
   *
   * @param checkpoint open
   * @param threads that read, the caller's included; at least 1
   */
  public static CheckpointCheck check(Checkpoint checkpoint, int threads) {
    if (threads < 1) {
      throw Options.invalid(
          "threads", "must be at least 1, not " + threads, "Give the number of processors.");
    }
    return Engine.provider().check(checkpoint, threads);
  }

  /** Every kernel backend found, usable or not, best first. */
  public static List<BackendReport> backends() {
    return Engine.provider().backends();
  }
}
