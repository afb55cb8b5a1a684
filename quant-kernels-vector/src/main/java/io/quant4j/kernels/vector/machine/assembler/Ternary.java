package io.quant4j.kernels.vector.machine.assembler;

/** Tables of {@link Assembler#vpternlogd}, whose operands are a (overwritten), b and c. */
public final class Ternary {
  /** {@code a | b & c}. */
  public static final int OR_AND = 0xF8;

  /** a where c is set, else b. */
  public static final int WHERE_C = 0xE4;

  private Ternary() {}
}
