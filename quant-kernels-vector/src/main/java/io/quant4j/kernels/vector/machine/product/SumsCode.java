package io.quant4j.kernels.vector.machine.product;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * The sums of the lanes of many accumulators: {@code void f(accumulators, results, unused, count)},
 * where count is a multiple of {@link TileCode#VECTORS}, at least that.
 */
final class SumsCode {
  private SumsCode() {}

  /** The function's bytes, which run at any address. */
  static byte[] bytes() {
    Assembler a = new Assembler();
    Label next = a.label();
    a.bind(next);
    for (int i = 0; i < TileCode.VECTORS; i++) {
      Simd sum = Simd.zmm(2 * i);
      a.vmovups(sum, Mem.at(RDI, i * Constants.BYTES));
      LaneSum.store(a, sum, Simd.zmm(2 * i + 1), Mem.at(RSI, i * Float.BYTES));
    }
    a.add(RDI, TileCode.VECTORS * Constants.BYTES);
    a.add(RSI, TileCode.VECTORS * Float.BYTES);
    a.sub(RCX, TileCode.VECTORS);
    a.jump(NOT_EQUAL, next);
    a.vzeroupper();
    a.ret();
    return a.toByteArray();
  }
}
