package io.quant4j.api.model;

/**
 * Which elements of a head rotary position embedding turns together, and so the row order of the
 * query and key projections. One is a fixed permutation of the other.
 */
public enum RotaryLayout {
  /**
   * Neighbours (2i, 2i+1) form a pair: the order of the original Llama release and of GGUF for that
   * family.
   */
  INTERLEAVED,
  /** Elements (i, i + d/2) form a pair: the order of Hugging Face checkpoints. */
  HALF_SPLIT
}
