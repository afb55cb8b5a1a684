package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Operations;

/**
 * One forward pass as a layer sees it.
 *
 * @param operations who runs the layer
 * @param workspace scratch of the sequence on these operations
 * @param position of the first token
 * @param batch tokens
 */
public record Step(Operations operations, Workspace workspace, int position, int batch) {

  /** The same with the last tokens only. */
  Step last(int tokens) {
    return new Step(operations, workspace, position + batch - tokens, tokens);
  }
}
