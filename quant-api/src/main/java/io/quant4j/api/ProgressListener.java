package io.quant4j.api;

/** Told of progress, from any thread, one call at a time. What it throws ends the operation. */
@FunctionalInterface
public interface ProgressListener {

  /** Ignores everything. */
  ProgressListener NONE = progress -> {};

  void progressed(Progress progress);
}
