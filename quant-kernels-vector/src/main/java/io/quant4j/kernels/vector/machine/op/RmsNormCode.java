package io.quant4j.kernels.vector.machine.op;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/** The two loops of an RMS norm, with 16 floats in a turn and at least one turn. */
final class RmsNormCode {
  /** Lanes of a vector of doubles. */
  static final int DOUBLES = 8;

  private RmsNormCode() {}

  /** {@code void f(x, double sums[8], unused, turns)}: squares are exact in double precision. */
  static byte[] squares() {
    Assembler a = new Assembler();
    Simd low = Simd.zmm(0);
    Simd high = Simd.zmm(1);
    Simd x = Simd.zmm(2);
    Label next = a.label();
    a.clear(low);
    a.clear(high);
    a.bind(next);
    a.vcvtps2pd(x, Mem.at(RDI, 0));
    a.vfmadd231pd(low, x, x);
    a.vcvtps2pd(x, Mem.at(RDI, Constants.BYTES / 2));
    a.vfmadd231pd(high, x, x);
    a.add(RDI, Constants.BYTES);
    a.sub(RCX, 1);
    a.jump(NOT_EQUAL, next);
    a.vaddpd(low, low, high);
    a.vmovups(Mem.at(RSI, 0), low);
    return end(a);
  }

  /** {@code void f(x, gain, out, turns, unused, unused, float scale)}: x * scale * gain. */
  static byte[] scaled() {
    Assembler a = new Assembler();
    Simd scale = Simd.zmm(0);
    Simd x = Simd.zmm(1);
    Label next = a.label();
    a.vbroadcastss(scale, Mem.at(RSP, Long.BYTES)); // above the address to return to
    a.bind(next);
    a.vmulps(x, scale, Mem.at(RDI, 0));
    a.vmulps(x, x, Mem.at(RSI, 0));
    a.vmovups(Mem.at(RDX, 0), x);
    a.add(RDI, Constants.BYTES);
    a.add(RSI, Constants.BYTES);
    a.add(RDX, Constants.BYTES);
    a.sub(RCX, 1);
    a.jump(NOT_EQUAL, next);
    return end(a);
  }

  private static byte[] end(Assembler a) {
    a.vzeroupper();
    a.ret();
    return a.toByteArray();
  }
}
