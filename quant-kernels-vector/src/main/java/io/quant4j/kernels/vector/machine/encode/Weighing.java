package io.quant4j.kernels.vector.machine.encode;

/** Weights of the errors of a search. */
enum Weighing {
  /** |x|. */
  MAGNITUDE,
  /** |x| + sqrt(mean of x^2 over the group). */
  MAGNITUDE_AND_MEAN,
  /** x^2. */
  SQUARE,
  /** The importance itself. */
  IMPORTANCE,
  /** importance * sqrt(base + x^2), with a base for each group. */
  SCALED_IMPORTANCE;

  boolean usesImportance() {
    return this == IMPORTANCE || this == SCALED_IMPORTANCE;
  }
}
