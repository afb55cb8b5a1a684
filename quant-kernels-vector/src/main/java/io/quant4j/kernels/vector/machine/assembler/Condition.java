package io.quant4j.kernels.vector.machine.assembler;

/** Conditions of jumps and moves, for unsigned numbers where order matters. */
public enum Condition {
  BELOW(2),
  ABOVE_OR_EQUAL(3),
  EQUAL(4),
  NOT_EQUAL(5),
  ABOVE(7);

  final int code;

  Condition(int code) {
    this.code = code;
  }
}
