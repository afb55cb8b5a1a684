package io.quant4j.kernels.vector.machine.op;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
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

/**
 * An RMS norm: {@code void f(x, gain, out, turns, unused, unused, double dim, double epsilon,
 * double one)}, with 16 floats in a turn and at least one turn. Squares are exact in double
 * precision; the eight lanes of their sums are added up one after the other.
 */
final class RmsNormCode {
  private static final int LANES = 8;

  /** Below the stack's end: the system leaves 128 bytes there alone. */
  private static final int SUMS_AT = -LANES * Double.BYTES;

  /** Arguments, above the address to return to. */
  private static final Mem DIM = Mem.at(RSP, Long.BYTES);

  private static final Mem EPSILON = Mem.at(RSP, 2 * Long.BYTES);
  private static final Mem ONE = Mem.at(RSP, 3 * Long.BYTES);

  private RmsNormCode() {}

  /** The function's bytes, which run at any address. */
  static byte[] bytes() {
    Assembler a = new Assembler();
    squares(a);
    scale(a);
    scaled(a);
    a.vzeroupper();
    a.ret();
    return a.toByteArray();
  }

  /** Leaves eight sums on the stack. */
  private static void squares(Assembler a) {
    Simd low = Simd.zmm(0);
    Simd high = Simd.zmm(1);
    Simd x = Simd.zmm(2);
    Label next = a.label();
    a.clear(low);
    a.clear(high);
    a.mov(RAX, RDI);
    a.mov(R10, RCX);
    a.bind(next);
    a.vcvtps2pd(x, Mem.at(RAX, 0));
    a.vfmadd231pd(low, x, x);
    a.vcvtps2pd(x, Mem.at(RAX, Constants.BYTES / 2));
    a.vfmadd231pd(high, x, x);
    a.add(RAX, Constants.BYTES);
    a.sub(R10, 1);
    a.jump(NOT_EQUAL, next);
    a.vaddpd(low, low, high);
    a.vmovups(Mem.at(RSP, SUMS_AT), low);
  }

  /** {@code 1 / sqrt(sum / dim + epsilon)} in all lanes of zmm0. */
  private static void scale(Assembler a) {
    Simd sum = Simd.xmm(1);
    Simd scale = Simd.xmm(2);
    a.clear(sum);
    for (int i = 0; i < LANES; i++) {
      a.vaddsd(sum, sum, Mem.at(RSP, SUMS_AT + i * Double.BYTES));
    }
    a.vdivsd(sum, sum, DIM);
    a.vaddsd(sum, sum, EPSILON);
    a.vsqrtsd(sum, sum, sum);
    a.vmovups(scale, ONE);
    a.vdivsd(scale, scale, sum);
    a.vcvtsd2ss(scale, scale, scale);
    a.vbroadcastss(Simd.zmm(0), scale);
  }

  /** x * scale * gain. */
  private static void scaled(Assembler a) {
    Simd scale = Simd.zmm(0);
    Simd x = Simd.zmm(1);
    Label next = a.label();
    a.bind(next);
    a.vmulps(x, scale, Mem.at(RDI, 0));
    a.vmulps(x, x, Mem.at(RSI, 0));
    a.vmovups(Mem.at(RDX, 0), x);
    a.add(RDI, Constants.BYTES);
    a.add(RSI, Constants.BYTES);
    a.add(RDX, Constants.BYTES);
    a.sub(RCX, 1);
    a.jump(NOT_EQUAL, next);
  }
}
