package io.quant4j.kernels.vector.machine.product;

import io.quant4j.core.format.Q8_0;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/** Codes are extended to ints on the way from memory. */
final class BlockQ8_0 implements BlockCode {
  private static final Simd D = Simd.zmm(4);

  @Override
  public int elements() {
    return Q8_0.BLOCK_ELEMENTS;
  }

  @Override
  public int bytes() {
    return Q8_0.BLOCK_BYTES;
  }

  /** Two streams from memory are read faster than four. */
  @Override
  public int rows() {
    return 2;
  }

  @Override
  public void write(Assembler a, Gpr block, int slot, Sink sink) {
    Halves.toAllLanes(a, D, Mem.at(block, Q8_0.D_OFFSET));
    for (int i = 0; i < Q8_0.BLOCK_ELEMENTS; i += 16) {
      Simd values = Simd.zmm(5 + i / 16);
      a.vpmovsxbd(values, Mem.at(block, Q8_0.QS_OFFSET + i));
      a.vcvtdq2ps(values, values);
      a.vmulps(values, values, D);
      sink.accept(values, i);
    }
  }
}
