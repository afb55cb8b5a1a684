package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;
import io.quant4j.core.model.layer.Workspace.Slot;

/**
 * {@code down(activation(gate(x)) * up(x))} (Shazeer 2020).
 *
 * @param gate (feedForward, dim)
 * @param up (feedForward, dim)
 * @param down (dim, feedForward)
 */
public record GatedFeedForward(Linear gate, Linear up, Linear down, Activation activation)
    implements FeedForward {

  @Override
  public void apply(Operations operations, Workspace workspace, Buffer x, int batch, Buffer out) {
    long inner = batch * gate.weight().shape().rows();
    Buffer gated = workspace.take(Slot.GATE, inner);
    Buffer upped = workspace.take(Slot.UP, inner);
    gate.apply(operations, x, batch, gated);
    up.apply(operations, x, batch, upped);
    activation.apply(operations, gated, upped);
    down.apply(operations, gated, batch, out);
  }
}
