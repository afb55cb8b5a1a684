package io.quant4j.kernels.vector.machine.fault;

import static io.quant4j.kernels.vector.machine.assembler.Condition.BELOW;
import static io.quant4j.kernels.vector.machine.assembler.Condition.EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The handler of SIGBUS: {@code void f(int signal, siginfo_t *info, ucontext_t *context)}. Where a
 * page of watched memory is not there, it counts that and maps a page of zeros in its place;
 * whatever else the signal means goes to the handler before. Offsets and numbers are those of Linux
 * on x86-64.
 */
final class LostPageCode {
  /** Of a watch: the first address, that behind the last, and how often a page was not there. */
  static final int BEGIN = 0;

  static final int END = 8;
  static final int LOST = 16;
  static final int WATCH_BYTES = 24;

  private static final int INFO_CODE = 8;
  private static final int INFO_ADDRESS = 16;

  /** The signal's code for an address behind which there is nothing. */
  private static final int BUS_ADRERR = 2;

  /** The code's 32 bits without those behind them in the same word. */
  private static final int NOT_NEGATIVE = 0x7fff_ffff;

  private static final int SYS_MMAP = 9;
  private static final int PROT_READ = 1;

  /** MAP_PRIVATE, MAP_ANONYMOUS, MAP_FIXED. */
  private static final int MAP_ZEROS_HERE = 0x32;

  private static final int PAGE = 4096;

  private final Assembler a = new Assembler();
  private final Label other = a.label();
  private final Label constants = a.label();

  private LostPageCode() {}

  /**
   * The code, for any address.
   *
   * @param watches address of {@code count} watches, which stay for good
   * @param before address of the handler until now
   */
  static byte[] of(long watches, int count, long before) {
    LostPageCode code = new LostPageCode();
    code.ifNothingIsThere();
    code.ifWatched(count);
    code.mapZeros();
    code.a.ret();
    code.passOn(watches, before);
    return code.a.toByteArray();
  }

  private void ifNothingIsThere() {
    a.lea(RCX, constants);
    a.mov(RAX, Mem.at(RSI, INFO_CODE));
    a.and(RAX, NOT_NEGATIVE);
    a.cmp(RAX, BUS_ADRERR);
    a.jump(NOT_EQUAL, other);
  }

  /** Leaves the address in rax. */
  private void ifWatched(int count) {
    Label next = a.label();
    Label advance = a.label();
    Label watched = a.label();
    a.mov(RAX, Mem.at(RSI, INFO_ADDRESS));
    a.mov(R9, Mem.at(RCX, 0));
    a.mov(R8, count);
    a.bind(next);
    a.mov(R10, Mem.at(R9, BEGIN));
    a.cmp(RAX, R10);
    a.jump(BELOW, advance);
    a.mov(R10, Mem.at(R9, END));
    a.cmp(RAX, R10);
    a.jump(BELOW, watched);
    a.bind(advance);
    a.add(R9, WATCH_BYTES);
    a.sub(R8, 1);
    a.jump(EQUAL, other);
    a.jump(next);
    a.bind(watched);
    a.mov(R10, 1);
    a.lock();
    a.xadd(Mem.at(R9, LOST), R10);
  }

  /** If the system refuses, the instruction is stopped again. */
  private void mapZeros() {
    a.mov(RDI, RAX);
    a.and(RDI, -PAGE);
    a.mov(RSI, PAGE);
    a.mov(RDX, PROT_READ);
    a.mov(R10, MAP_ZEROS_HERE);
    a.mov(R8, -1);
    a.clear(R9);
    a.mov(RAX, SYS_MMAP);
    a.syscall();
  }

  private void passOn(long watches, long before) {
    a.bind(other);
    a.mov(RAX, Mem.at(RCX, Long.BYTES));
    a.jump(RAX);
    a.align(Long.BYTES);
    a.bind(constants);
    ByteBuffer words = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    a.data(words.putLong(watches).putLong(before).array());
  }
}
