package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;

/** The part of a layer that works on every token by itself. */
public interface FeedForward {

  /**
   * Works on every row.
   *
   * @param x (batch, dim)
   * @param out (batch, dim); not {@code x}
   */
  void apply(Operations operations, Workspace workspace, Buffer x, int batch, Buffer out);
}
