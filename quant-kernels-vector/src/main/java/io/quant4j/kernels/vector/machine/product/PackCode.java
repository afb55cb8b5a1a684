package io.quant4j.kernels.vector.machine.product;

import static io.quant4j.kernels.vector.machine.assembler.Condition.ABOVE;
import static io.quant4j.kernels.vector.machine.assembler.Condition.ABOVE_OR_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R12;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RBX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * Vectors in the order in which {@link TileCode} reads them: {@code void f(x, packed, unused,
 * bytes, stride, last)}. Reads (vectors, columns), writes (vectors / 4, columns / 16, 4, 16); the
 * last vector fills up the last four.
 *
 * <ul>
 *   <li>bytes: of a vector, a multiple of 64
 *   <li>stride: bytes from one vector to the next
 *   <li>last: bytes from the first vector to the last
 * </ul>
 */
final class PackCode {
  private static final Gpr[] VECTOR = {R10, R11, RBX, R12};

  private PackCode() {}

  /** The function's bytes, which run at any address. */
  static byte[] bytes() {
    Assembler a = new Assembler();
    Label nextVectors = a.label();
    Label nextColumns = a.label();
    Frame.enter(a);
    a.add(R9, RDI);
    a.bind(nextVectors);
    a.mov(VECTOR[0], RDI);
    for (int v = 1; v < TileCode.VECTORS; v++) {
      a.lea(VECTOR[v], Mem.at(VECTOR[v - 1], R8));
      a.cmp(VECTOR[v], R9);
      a.cmov(ABOVE, VECTOR[v], R9);
    }
    a.clear(RAX);
    a.bind(nextColumns);
    for (int v = 0; v < TileCode.VECTORS; v++) {
      a.vmovups(Simd.zmm(v), Mem.at(VECTOR[v], RAX));
      a.vmovups(Mem.at(RSI, v * Constants.BYTES), Simd.zmm(v));
    }
    a.add(RSI, TileCode.VECTORS * Constants.BYTES);
    a.add(RAX, Constants.BYTES);
    a.cmp(RAX, RCX);
    a.jump(NOT_EQUAL, nextColumns);
    a.lea(RDI, Mem.at(RDI, R8, TileCode.VECTORS, 0));
    a.cmp(R9, RDI);
    a.jump(ABOVE_OR_EQUAL, nextVectors);
    Frame.leave(a);
    return a.toByteArray();
  }
}
