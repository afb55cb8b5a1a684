package io.quant4j.kernels.vector.machine.product;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/** Numbers of 16 bits. */
public final class Halves {
  private Halves() {}

  /** Writes code that converts one half to a float in all lanes. */
  public static void toAllLanes(Assembler a, Simd to, Mem half) {
    a.vpbroadcastw(to.half(), half);
    a.vcvtph2ps(to, to.half());
  }
}
