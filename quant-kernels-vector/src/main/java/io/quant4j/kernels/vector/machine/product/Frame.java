package io.quant4j.kernels.vector.machine.product;

import static io.quant4j.kernels.vector.machine.assembler.Gpr.R12;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R13;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R14;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R15;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RBP;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RBX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;

/**
 * Beginning and end of a function by the System V AMD64 calling convention: arguments are in rdi,
 * rsi, rdx, rcx, r8, r9 and on the stack; rbx, rbp, r12 to r15 are the caller's.
 */
public final class Frame {
  /** Bytes from rsp on that the body may use, aligned to 64: slots of four blocks. */
  static final int SCRATCH_BYTES = 4 * BlockCode.SLOT_BYTES;

  private static final int ALIGNMENT = 64;
  private static final Gpr[] SAVED = {RBP, RBX, R12, R13, R14, R15};

  private Frame() {}

  static void enter(Assembler a) {
    enter(a, SCRATCH_BYTES);
  }

  /**
   * The same with other scratch.
   *
   * @param scratchBytes from rsp on, aligned to 64; some tens of thousands at most: the JVM leaves
   *     native code 20 pages of the thread's stack
   */
  public static void enter(Assembler a, int scratchBytes) {
    for (Gpr register : SAVED) {
      a.push(register);
    }
    a.mov(RBP, RSP);
    a.sub(RSP, scratchBytes);
    a.and(RSP, -ALIGNMENT);
  }

  /** The argument after the six in registers, counted from 0; after {@link #enter}. */
  public static Mem stackArgument(int i) {
    return Mem.at(RBP, (SAVED.length + 1 + i) * Long.BYTES);
  }

  /** Gives the caller its registers and returns. */
  public static void leave(Assembler a) {
    a.mov(RSP, RBP);
    for (int i = SAVED.length - 1; i >= 0; i--) {
      a.pop(SAVED[i]);
    }
    a.vzeroupper();
    a.ret();
  }
}
