package io.quant4j.kernels.vector.machine.fault;

import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RBX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mem;

/**
 * {@code void f(sigaction *set, sigaction *before, long *result)}: asks the kernel to handle a
 * signal otherwise. Numbers are those of Linux on x86-64.
 */
final class ActionCode {
  private static final int SYS_RT_SIGACTION = 13;
  private static final int MASK_BYTES = 8;

  private ActionCode() {}

  static byte[] of(int signal) {
    Assembler a = new Assembler();
    a.push(RBX);
    a.mov(RBX, RDX);
    a.mov(RDX, RSI);
    a.mov(RSI, RDI);
    a.mov(RDI, signal);
    a.mov(R10, MASK_BYTES);
    a.mov(RAX, SYS_RT_SIGACTION);
    a.syscall();
    a.mov(Mem.at(RBX, 0), RAX);
    a.pop(RBX);
    a.ret();
    return a.toByteArray();
  }
}
