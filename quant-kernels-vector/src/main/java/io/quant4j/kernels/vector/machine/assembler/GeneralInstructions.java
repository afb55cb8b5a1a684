package io.quant4j.kernels.vector.machine.assembler;

/** Instructions on general-purpose registers, named as the manual names them. */
abstract class GeneralInstructions extends Encoder {

  public final void mov(Gpr to, Gpr from) {
    wide(from.number(), to, 0x89);
  }

  public final void mov(Gpr to, Mem from) {
    wide(to.number(), from, 0x8B);
  }

  public final void mov(Mem to, Gpr from) {
    wide(from.number(), to, 0x89);
  }

  /** A constant, extended with its sign. */
  public final void mov(Gpr to, int value) {
    wide(0, to, 0xC7);
    int32(value);
  }

  /** The lower half of a register, to memory. */
  public final void mov32(Mem to, Gpr from) {
    if (from.number() > 7 || to.base().number() > 7 || to.index() != null) {
      throw new AssertionError("only without a prefix");
    }
    bytes(0x89);
    operand(from.number(), to, 1);
  }

  public final void lea(Gpr to, Mem address) {
    wide(to.number(), address, 0x8D);
  }

  /** The address of a label. */
  public final void lea(Gpr to, Label label) {
    rexW(to.number(), 0, 0);
    bytes(0x8D, (to.number() & 7) << 3 | 5);
    distance(label);
  }

  public final void add(Gpr to, Gpr value) {
    wide(value.number(), to, 0x01);
  }

  public final void add(Gpr to, int value) {
    immediate(0, to, value);
  }

  public final void and(Gpr to, int value) {
    immediate(4, to, value);
  }

  public final void sub(Gpr from, int value) {
    immediate(5, from, value);
  }

  public final void cmp(Gpr a, int value) {
    immediate(7, a, value);
  }

  public final void cmp(Gpr a, Gpr b) {
    wide(b.number(), a, 0x39);
  }

  private void immediate(int operation, Gpr register, int value) {
    boolean small = value == (byte) value;
    wide(operation, register, small ? 0x83 : 0x81);
    if (small) {
      bytes(value);
    } else {
      int32(value);
    }
  }

  /** Both operands are the same: sets zero and sign. */
  public final void test(Gpr a, Gpr b) {
    wide(b.number(), a, 0x85);
  }

  /** The lower halves are cleared, and the upper ones with them. */
  public final void clear(Gpr register) {
    if (register.number() > 7) {
      bytes(0x45);
    }
    bytes(0x31);
    registers(register.number(), register.number());
  }

  public final void cmov(Condition condition, Gpr to, Gpr from) {
    wide(to.number(), from, 0x0F, 0x40 | condition.code);
  }

  public final void jump(Condition condition, Label target) {
    bytes(0x0F, 0x80 | condition.code);
    distance(target);
  }

  public final void jump(Label target) {
    bytes(0xE9);
    distance(target);
  }

  /** To the address in a register. */
  public final void jump(Gpr address) {
    if (address.number() > 7) {
      bytes(0x41);
    }
    bytes(0xFF);
    registers(4, address.number());
  }

  /** Makes the next instruction on memory one step for all threads. */
  public final void lock() {
    bytes(0xF0);
  }

  /** Adds to memory, and leaves in {@code value} what was there. */
  public final void xadd(Mem to, Gpr value) {
    wide(value.number(), to, 0x0F, 0xC1);
  }

  public final void push(Gpr register) {
    if (register.number() > 7) {
      bytes(0x41);
    }
    bytes(0x50 | register.number() & 7);
  }

  public final void pop(Gpr register) {
    if (register.number() > 7) {
      bytes(0x41);
    }
    bytes(0x58 | register.number() & 7);
  }

  public final void ret() {
    bytes(0xC3);
  }

  public final void syscall() {
    bytes(0x0F, 0x05);
  }

  public final void cpuid() {
    bytes(0x0F, 0xA2);
  }

  public final void xgetbv() {
    bytes(0x0F, 0x01, 0xD0);
  }

  /** Asks for a cache line ahead of its use; never faults. */
  public final void prefetcht0(Mem line) {
    prefetch(1, line);
  }

  /** The same for the second cache. */
  public final void prefetcht1(Mem line) {
    prefetch(2, line);
  }

  private void prefetch(int cache, Mem line) {
    if (line.base().number() > 7 || line.index() != null && line.index().number() > 7) {
      bytes(
          0x40
              | (line.index() == null ? 0 : (line.index().number() >> 3) << 1)
              | line.base().number() >> 3);
    }
    bytes(0x0F, 0x18);
    operand(cache, line, 1);
  }
}
