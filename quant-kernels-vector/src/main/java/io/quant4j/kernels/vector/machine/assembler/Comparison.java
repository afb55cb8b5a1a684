package io.quant4j.kernels.vector.machine.assembler;

/** How floats compare; none but {@link #NOT_EQUAL} is true of NaN. */
public enum Comparison {
  EQUAL(0),
  NOT_EQUAL(4),
  LESS(0x11),
  LESS_OR_EQUAL(0x12),
  GREATER(0x1e);

  final int code;

  Comparison(int code) {
    this.code = code;
  }
}
