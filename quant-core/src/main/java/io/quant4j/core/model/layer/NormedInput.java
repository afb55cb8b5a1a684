package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;

/**
 * The input of a part of a layer: rows of the residual stream, to be normalized.
 *
 * @param x (batch, dim)
 * @param scratch (batch, dim) for the normalized rows
 */
record NormedInput(Buffer x, RmsNorm norm, Buffer scratch) {

  /** The normalized rows, computed now. */
  Buffer rows(Step step) {
    norm.apply(step.operations(), x, step.batch(), scratch);
    return scratch;
  }
}
