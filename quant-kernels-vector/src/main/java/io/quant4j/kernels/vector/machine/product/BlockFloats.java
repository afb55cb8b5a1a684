package io.quant4j.kernels.vector.machine.product;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/** Numbers that have no blocks, 16 at a time. */
enum BlockFloats implements BlockCode {
  F16 {
    @Override
    void convert(Assembler a, Simd to, Mem from) {
      a.vcvtph2ps(to, from);
    }
  },
  BF16 {
    @Override
    void convert(Assembler a, Simd to, Mem from) {
      a.vpmovzxwd(to, from);
      a.vpslld(to, to, 16);
    }
  };

  private static final int LANES = 16;

  abstract void convert(Assembler a, Simd to, Mem from);

  @Override
  public int elements() {
    return LANES;
  }

  @Override
  public int bytes() {
    return LANES * Short.BYTES;
  }

  /** One stream from memory is read faster than four, and there is little to wait for. */
  @Override
  public int rows() {
    return 1;
  }

  @Override
  public void write(Assembler a, Gpr block, int slot, Sink sink) {
    Simd values = Simd.zmm(4);
    convert(a, values, Mem.at(block, 0));
    sink.accept(values, 0);
  }
}
