package io.quant4j.kernels.vector.machine.assembler;

import org.jspecify.annotations.Nullable;

/**
 * A place in memory: {@code base + index * scale + displacement}.
 *
 * @param scale 1, 2, 4 or 8
 * @param broadcast whether the instruction reads one element for all lanes
 */
public record Mem(Gpr base, @Nullable Gpr index, int scale, int displacement, boolean broadcast) {

  /** What a register points to, and bytes further. */
  public static Mem at(Gpr base, int displacement) {
    return new Mem(base, null, 1, displacement, false);
  }

  /** What the sum of two registers points to. */
  public static Mem at(Gpr base, Gpr index) {
    return at(base, index, 1, 0);
  }

  /** All parts of an address. */
  public static Mem at(Gpr base, Gpr index, int scale, int displacement) {
    return new Mem(base, index, scale, displacement, false);
  }

  /** The same place, read as one element for all lanes. */
  public Mem toAllLanes() {
    return new Mem(base, index, scale, displacement, true);
  }
}
