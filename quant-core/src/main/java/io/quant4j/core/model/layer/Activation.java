package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;

/** How the gate of a feed-forward part acts. */
public enum Activation {
  /** silu(gate) * up (Shazeer 2020, SwiGLU). */
  SILU {
    @Override
    void apply(Operations operations, Buffer gate, Buffer up) {
      operations.swiGlu(gate, up);
    }
  },
  /** gelu(gate) * up, GELU by its tanh approximation (Shazeer 2020, GEGLU). */
  GELU {
    @Override
    void apply(Operations operations, Buffer gate, Buffer up) {
      operations.geGlu(gate, up);
    }
  };

  /** Overwrites {@code gate}. */
  abstract void apply(Operations operations, Buffer gate, Buffer up);
}
