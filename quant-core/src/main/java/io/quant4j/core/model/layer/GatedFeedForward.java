package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.GateActivation;
import io.quant4j.api.spi.Operations;
import io.quant4j.core.model.layer.Workspace.Slot;

/**
 * {@code down(activation(gate(x)) * up(x))} (Shazeer 2020).
 *
 * @param gate (feedForward, dim)
 * @param up (feedForward, dim)
 * @param down (dim, feedForward)
 */
public record GatedFeedForward(Linear gate, Linear up, Linear down, GateActivation activation)
    implements FeedForward {

  @Override
  public void apply(Step step, Buffer x, Buffer out) {
    down.apply(step, inner(step, x), out);
  }

  @Override
  public void addTo(Step step, Buffer x, Buffer sum, Buffer scratch) {
    down.addTo(step, inner(step, x), sum, scratch);
  }

  private Buffer inner(Step step, Buffer x) {
    Operations operations = step.operations();
    long elements = step.batch() * gate.weight().shape().rows();
    Buffer gated = step.workspace().take(Slot.GATE, elements);
    Buffer upped = step.workspace().take(Slot.UP, elements);
    if (gate.bias().isEmpty() && up.bias().isEmpty()) {
      operations.matMulGated(gate.weight(), up.weight(), activation, x, step.batch(), gated, upped);
      return gated;
    }
    gate.apply(step, x, gated);
    up.apply(step, x, upped);
    switch (activation) {
      case SILU -> operations.swiGlu(gated, upped);
      case GELU -> operations.geGlu(gated, upped);
    }
    return gated;
  }
}
