package io.quant4j.kernels.vector.machine.assembler;

/** General-purpose registers of 64 bits, in the order of their numbers. */
public enum Gpr {
  RAX,
  RCX,
  RDX,
  RBX,
  RSP,
  RBP,
  RSI,
  RDI,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15;

  /** The number by which instructions name it. */
  int number() {
    return ordinal();
  }
}
