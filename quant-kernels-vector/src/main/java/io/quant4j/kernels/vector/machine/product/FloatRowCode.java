package io.quant4j.kernels.vector.machine.product;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/** Products of a vector of floats with a block that is decoded to floats. */
record FloatRowCode(BlockCode block) implements RowCode {

  @Override
  public int bytes() {
    return block.bytes();
  }

  @Override
  public int vectorBytes() {
    return block.elements() * Float.BYTES;
  }

  @Override
  public int rows() {
    return block.rows();
  }

  @Override
  public void prepare(Assembler a, Gpr weights, int slot) {
    block.prepare(a, weights, slot);
  }

  @Override
  public void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum) {
    block.write(
        a,
        weights,
        slot,
        (values, element) -> a.vfmadd231ps(sum, values, Mem.at(vector, element * Float.BYTES)));
  }
}
