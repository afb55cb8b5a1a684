package io.quant4j.kernels.vector.machine.op;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * Rotary embedding of the heads of one token: {@code void f(x, angles, unused, turns, headBytes,
 * heads)}, with 16 pairs (halves) or 16 elements (neighbours) in a turn, at least one head and one
 * turn.
 */
final class RotaryCode {
  private static final Gpr FIRST = RAX;
  private static final Gpr SECOND = RDX;
  private static final Gpr ANGLES = R10;
  private static final Gpr TURNS_LEFT = R11;

  /** The even elements of each 128 bits twice, the odd ones twice, and neighbours swapped. */
  private static final int EVEN = 0b10_10_00_00;

  private static final int ODD = 0b11_11_01_01;
  private static final int SWAPPED = 0b10_11_00_01;

  private static final Simd A = Simd.zmm(0);
  private static final Simd B = Simd.zmm(1);
  private static final Simd COSINE = Simd.zmm(2);
  private static final Simd SINE = Simd.zmm(3);
  private static final Simd TERM = Simd.zmm(4);
  private static final Simd OTHER = Simd.zmm(5);

  /** Code of one turn. */
  @FunctionalInterface
  private interface Turn {
    void write(Assembler a);
  }

  private RotaryCode() {}

  /** (a, b) at 2i, 2i + 1 become (a cos - b sin, b cos + a sin). */
  static byte[] interleaved() {
    Constants constants = new Constants();
    Simd evenSigns = constants.ints(i -> i % 2 == 0 ? Integer.MIN_VALUE : 0);
    return of(
        constants,
        false,
        a -> {
          a.vmovups(A, Mem.at(FIRST, 0));
          a.vmovups(TERM, Mem.at(ANGLES, 0));
          a.vpermilps(COSINE, TERM, EVEN);
          a.vpermilps(SINE, TERM, ODD);
          a.vpxord(SINE, SINE, evenSigns);
          a.vpermilps(B, A, SWAPPED);
          a.vmulps(B, B, SINE);
          a.vmulps(A, A, COSINE);
          a.vaddps(A, A, B);
          a.vmovups(Mem.at(FIRST, 0), A);
          a.add(ANGLES, Constants.BYTES);
        });
  }

  /** (a, b) at i, i + dims / 2 become (a cos - b sin, b cos + a sin). */
  static byte[] halfSplit() {
    Constants constants = new Constants();
    Simd evenPlaces = constants.ints(i -> 2 * i);
    Simd oddPlaces = constants.ints(i -> 2 * i + 1);
    return of(
        constants,
        true,
        a -> {
          a.vmovups(A, Mem.at(ANGLES, 0));
          a.vmovups(B, Mem.at(ANGLES, Constants.BYTES));
          a.vpord(COSINE, evenPlaces, evenPlaces);
          a.vpermi2ps(COSINE, A, B);
          a.vpord(SINE, oddPlaces, oddPlaces);
          a.vpermi2ps(SINE, A, B);
          a.vmovups(A, Mem.at(FIRST, 0));
          a.vmovups(B, Mem.at(SECOND, 0));
          a.vmulps(TERM, A, COSINE);
          a.vmulps(OTHER, B, SINE);
          a.vsubps(TERM, TERM, OTHER);
          a.vmovups(Mem.at(FIRST, 0), TERM);
          a.vmulps(TERM, B, COSINE);
          a.vmulps(OTHER, A, SINE);
          a.vaddps(TERM, TERM, OTHER);
          a.vmovups(Mem.at(SECOND, 0), TERM);
          a.add(ANGLES, 2 * Constants.BYTES);
          a.add(SECOND, Constants.BYTES);
        });
  }

  /** The loops over heads and turns. */
  private static byte[] of(Constants constants, boolean halves, Turn turn) {
    Assembler a = new Assembler();
    Label values = a.label();
    Label head = a.label();
    Label next = a.label();
    constants.load(a, RAX, values);
    a.bind(head);
    a.mov(FIRST, RDI);
    a.mov(ANGLES, RSI);
    a.mov(TURNS_LEFT, RCX);
    if (halves) { // 64 bytes for each turn
      a.mov(SECOND, RCX);
      for (int bytes = 1; bytes < Constants.BYTES; bytes *= 2) {
        a.add(SECOND, SECOND);
      }
      a.add(SECOND, RDI);
    }
    a.bind(next);
    turn.write(a);
    a.add(FIRST, Constants.BYTES);
    a.sub(TURNS_LEFT, 1);
    a.jump(NOT_EQUAL, next);
    a.add(RDI, R8);
    a.sub(R9, 1);
    a.jump(NOT_EQUAL, head);
    a.vzeroupper();
    a.ret();
    constants.write(a, values);
    return a.toByteArray();
  }
}
