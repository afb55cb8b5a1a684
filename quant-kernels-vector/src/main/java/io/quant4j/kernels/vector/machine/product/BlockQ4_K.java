package io.quant4j.kernels.vector.machine.product;

import io.quant4j.core.format.Q4_K;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/** A table of the sixteen possible values per group, as for {@link NibbleBlocks}. */
final class BlockQ4_K implements BlockCode {
  private static final Simd LOW_VALUES = Simd.zmm(4);
  private static final Simd HIGH_VALUES = Simd.zmm(5);

  private final SixBitScalesCode scales;
  private final Simd numbers;

  BlockQ4_K(Constants constants) {
    this.scales = new SixBitScalesCode(constants);
    this.numbers = constants.floats(i -> i);
  }

  @Override
  public int elements() {
    return Q4_K.BLOCK_ELEMENTS;
  }

  @Override
  public int bytes() {
    return Q4_K.BLOCK_BYTES;
  }

  @Override
  public void prepare(Assembler a, Gpr block, int slot) {
    scales.write(a, block, slot);
  }

  @Override
  public void write(Assembler a, Gpr block, int slot, Sink sink) {
    for (int group = 0; group < Q4_K.BLOCK_ELEMENTS / Q4_K.GROUP_ELEMENTS; group += 2) {
      table(a, LOW_VALUES, slot, group);
      table(a, HIGH_VALUES, slot, group + 1);
      int codes = Q4_K.QS_OFFSET + group / 2 * Q4_K.GROUP_ELEMENTS;
      int element = group * Q4_K.GROUP_ELEMENTS;
      Simd first = Simd.zmm(6);
      Simd second = Simd.zmm(7);
      a.vpmovzxbd(first, Mem.at(block, codes));
      a.vpmovzxbd(second, Mem.at(block, codes + 16));
      choose(a, first, LOW_VALUES, sink, element);
      choose(a, second, LOW_VALUES, sink, element + 16);
      a.vpsrld(first, first, 4);
      a.vpsrld(second, second, 4);
      choose(a, first, HIGH_VALUES, sink, element + Q4_K.GROUP_ELEMENTS);
      choose(a, second, HIGH_VALUES, sink, element + Q4_K.GROUP_ELEMENTS + 16);
    }
  }

  private void table(Assembler a, Simd values, int slot, int group) {
    a.vmulps(values, numbers, SixBitScalesCode.scale(slot, group));
    a.vsubps(values, values, SixBitScalesCode.minimum(slot, group));
  }

  private static void choose(Assembler a, Simd codes, Simd table, Sink sink, int element) {
    Simd values = Simd.zmm(8 + element / 16 % 4);
    a.vpermps(values, codes, table);
    sink.accept(values, element);
  }
}
