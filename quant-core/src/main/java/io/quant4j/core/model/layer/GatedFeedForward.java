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
  public void apply(Step step, NormedInput input, Buffer out) {
    down.apply(step, inner(step, input), out);
  }

  @Override
  public void addTo(Step step, NormedInput input, Buffer sum, Buffer scratch) {
    down.addTo(step, inner(step, input), sum, scratch);
  }

  /**
   * Works on rows that are normalized already.
   *
   * @param x (batch, dim)
   * @param out (batch, dim); not {@code x}
   */
  void applyToRows(Step step, Buffer x, Buffer out) {
    down.apply(step, innerOfRows(step, x), out);
  }

  private Buffer inner(Step step, NormedInput input) {
    if (hasBias()) {
      return innerOfRows(step, input.rows(step));
    }
    Buffer gated = slot(step, Slot.GATE);
    step.operations()
        .normMatMulGated(
            input.x(),
            input.norm().gain(),
            input.norm().epsilon(),
            gate.weight(),
            up.weight(),
            activation,
            step.batch(),
            gated,
            input.scratch(),
            slot(step, Slot.UP));
    return gated;
  }

  private boolean hasBias() {
    return gate.bias().isPresent() || up.bias().isPresent();
  }

  private Buffer slot(Step step, Slot slot) {
    return step.workspace().take(slot, step.batch() * gate.weight().shape().rows());
  }

  private Buffer innerOfRows(Step step, Buffer x) {
    Operations operations = step.operations();
    Buffer gated = slot(step, Slot.GATE);
    Buffer upped = slot(step, Slot.UP);
    if (!hasBias()) {
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
