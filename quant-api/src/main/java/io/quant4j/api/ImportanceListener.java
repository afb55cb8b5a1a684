package io.quant4j.api;

/**
 * Given what a calibration has collected so far, to write it to disk for instance. Called on the
 * collecting thread; what it throws ends the calibration.
 */
@FunctionalInterface
public interface ImportanceListener {

  /** Ignores everything. */
  ImportanceListener NONE = soFar -> {};

  /**
   * @param soFar complete up to its last window, and usable for {@link
   *     ImportanceOptions#withResumeFrom}
   */
  void collected(ImportanceMatrix soFar);
}
