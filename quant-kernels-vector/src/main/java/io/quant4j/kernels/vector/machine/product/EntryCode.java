package io.quant4j.kernels.vector.machine.product;

import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;

/**
 * Where all calls enter: adds byte offsets to the three addresses and goes on to the function,
 * which finds its arguments where it expects them. So Java passes memory as it has it; slices of
 * it, some for every chunk of every product, were most of a token's garbage.
 *
 * <p>Behind the arguments of {@link Functions#call} stand the three offsets and the function's
 * address.
 */
final class EntryCode {
  private static final Gpr[] ADDRESSES = {RDI, RSI, RDX};

  /** Five arguments, above the address to return to. */
  private static final int OFFSETS_AT = (1 + 5) * Long.BYTES;

  private EntryCode() {}

  /** The function's bytes, which run at any address. */
  static byte[] bytes() {
    Assembler a = new Assembler();
    int at = OFFSETS_AT;
    for (Gpr address : ADDRESSES) {
      a.mov(R10, Mem.at(RSP, at));
      a.add(address, R10);
      at += Long.BYTES;
    }
    a.mov(R10, Mem.at(RSP, at));
    a.jump(R10);
    return a.toByteArray();
  }
}
