package io.quant4j.kernels.vector.machine.op;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import java.util.function.Consumer;

/**
 * An operation on two vectors whose result takes the place of the first: {@code void f(x, y,
 * unused, turns, unused, unused)}, with 16 floats in a turn and at least one turn.
 */
final class PairCode {
  /** Sixteen floats of x, and then the result. */
  static final Simd X = Simd.zmm(0);

  /** Sixteen floats of y. */
  static final Simd Y = Simd.zmm(1);

  private PairCode() {}

  /** {@code x += y}. */
  static byte[] add() {
    return of(new Constants(), a -> a.vaddps(X, X, Y));
  }

  /**
   * The function's bytes, which run at any address.
   *
   * @param turn code that makes {@link #X} of both
   */
  static byte[] of(Constants constants, Consumer<Assembler> turn) {
    Assembler a = new Assembler();
    Label values = a.label();
    Label next = a.label();
    constants.load(a, RAX, values);
    a.bind(next);
    a.vmovups(X, Mem.at(RDI, 0));
    a.vmovups(Y, Mem.at(RSI, 0));
    turn.accept(a);
    a.vmovups(Mem.at(RDI, 0), X);
    a.add(RDI, Constants.BYTES);
    a.add(RSI, Constants.BYTES);
    a.sub(RCX, 1);
    a.jump(NOT_EQUAL, next);
    a.vzeroupper();
    a.ret();
    constants.write(a, values);
    return a.toByteArray();
  }
}
