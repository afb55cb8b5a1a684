package io.quant4j.api.spi;

/**
 * Where the layers of a decoder run. The embedding runs with the first layer, the output with the
 * last; values move only where neighbours run on different operations.
 */
@FunctionalInterface
public interface Placement {

  /** Who runs a layer. */
  Operations layer(int layer);

  /** Everything on the same operations. */
  static Placement all(Operations operations) {
    return layer -> operations;
  }
}
