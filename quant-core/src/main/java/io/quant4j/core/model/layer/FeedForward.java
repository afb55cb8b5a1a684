package io.quant4j.core.model.layer;

import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.WeightSource;

/**
 * Gated feed-forward: {@code down(silu(gate(x)) * up(x))} (Shazeer 2020, SwiGLU).
 *
 * @param gate (feedForward, dim)
 * @param up (feedForward, dim)
 * @param down (dim, feedForward)
 */
public record FeedForward(Linear gate, Linear up, Linear down) {

  /** The feed-forward part of one layer. */
  public static FeedForward of(WeightSource weights, Operations operations, int layer) {
    return new FeedForward(
        Linear.of(weights, operations, Kind.FEED_FORWARD_GATE, layer),
        Linear.of(weights, operations, Kind.FEED_FORWARD_UP, layer),
        Linear.of(weights, operations, Kind.FEED_FORWARD_DOWN, layer));
  }

  /**
   * @param x (batch, dim)
   * @param gated scratch (batch, feedForward)
   * @param upped scratch (batch, feedForward)
   * @param out (batch, dim)
   */
  public void apply(
      Operations operations, Buffer x, int batch, Buffer gated, Buffer upped, Buffer out) {
    gate.apply(operations, x, batch, gated);
    up.apply(operations, x, batch, upped);
    operations.swiGlu(gated, upped);
    down.apply(operations, gated, batch, out);
  }
}
