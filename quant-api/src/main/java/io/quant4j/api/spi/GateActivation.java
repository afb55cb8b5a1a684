package io.quant4j.api.spi;

/** How the gate of a feed-forward part acts. */
public enum GateActivation {
  /** silu(gate) * up (Shazeer 2020, SwiGLU). */
  SILU,
  /** gelu(gate) * up, GELU by its tanh approximation (Shazeer 2020, GEGLU). */
  GELU
}
