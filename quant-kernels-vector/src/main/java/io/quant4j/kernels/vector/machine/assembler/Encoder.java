package io.quant4j.kernels.vector.machine.assembler;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bytes of instructions: prefixes, operands, distances. */
abstract class Encoder {
  /** Opcode maps of EVEX. */
  static final int MAP_0F = 1;

  static final int MAP_0F38 = 2;
  static final int MAP_0F3A = 3;

  /** The prefix that EVEX says in two bits. */
  static final int PREFIX_NONE = 0;

  static final int PREFIX_66 = 1;
  static final int PREFIX_F3 = 2;
  static final int PREFIX_F2 = 3;

  private static final int IN_SIB = 4;
  private static final int NO_INDEX = 4;
  private static final int MODE_REGISTER = 3;
  private static final int DISTANCE_BYTES = 4;

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  private final List<Label> labels = new ArrayList<>();

  /** A new label, to be bound once. */
  public final Label label() {
    Label label = new Label();
    labels.add(label);
    return label;
  }

  /** The label is here. */
  public final void bind(Label label) {
    if (label.isBound()) {
      throw new AssertionError("a label stands at one place");
    }
    label.position = code.size();
  }

  /**
   * The code so far.
   *
   * @throws AssertionError if a label is used but not bound
   */
  public final byte[] toByteArray() {
    byte[] bytes = code.toByteArray();
    for (Label label : labels) {
      for (int at : label.references) {
        if (!label.isBound()) {
          throw new AssertionError("a label is used but stands nowhere");
        }
        int distance = label.position - (at + DISTANCE_BYTES);
        for (int i = 0; i < DISTANCE_BYTES; i++) {
          bytes[at + i] = (byte) (distance >> 8 * i);
        }
      }
    }
    return bytes;
  }

  final void bytes(int... values) {
    for (int value : values) {
      code.write(value);
    }
  }

  final void int32(int value) {
    bytes(value, value >> 8, value >> 16, value >> 24);
  }

  /** Room for the distance from the next byte after it to a label. */
  final void distance(Label label) {
    label.references.add(code.size());
    int32(0);
  }

  /** Fills up to a multiple of {@code alignment} bytes with zeros; nothing runs into them. */
  public final void align(int alignment) {
    while (code.size() % alignment != 0) {
      bytes(0);
    }
  }

  /** Bytes to be read, not run. */
  public final void data(byte[] values) {
    code.writeBytes(values);
  }

  /** REX with 64-bit operands. */
  final void rexW(int reg, int index, int base) {
    bytes(0x48 | (reg >> 3 & 1) << 2 | (index >> 3 & 1) << 1 | base >> 3 & 1);
  }

  /** An instruction on 64 bits of a register and memory. */
  final void wide(int reg, Mem rm, int... opcode) {
    rexW(reg, indexNumber(rm), rm.base().number());
    bytes(opcode);
    operand(reg, rm, 1);
  }

  /** An instruction on 64 bits of two registers. */
  final void wide(int reg, Gpr rm, int... opcode) {
    rexW(reg, 0, rm.number());
    bytes(opcode);
    registers(reg, rm.number());
  }

  final void registers(int reg, int rm) {
    bytes(MODE_REGISTER << 6 | (reg & 7) << 3 | rm & 7);
  }

  private static int indexNumber(Mem m) {
    Gpr index = m.index();
    return index == null ? 0 : index.number();
  }

  /**
   * ModRM, SIB and displacement.
   *
   * @param unit bytes that a displacement of one byte counts in
   */
  final void operand(int reg, Mem m, int unit) {
    int base = m.base().number() & 7;
    @Nullable Gpr index = m.index();
    if (index == Gpr.RSP) {
      throw new AssertionError("rsp cannot be an index");
    }
    int at = m.displacement();
    boolean small = at % unit == 0 && at / unit == (byte) (at / unit);
    // Mode 0 with base 5 would mean an address relative to the instruction.
    int mode = at == 0 && base != 5 ? 0 : small ? 1 : 2;
    boolean sib = index != null || base == IN_SIB;
    bytes(mode << 6 | (reg & 7) << 3 | (sib ? IN_SIB : base));
    if (sib) {
      int scale = Integer.numberOfTrailingZeros(m.scale());
      bytes(scale << 6 | (index == null ? NO_INDEX : index.number() & 7) << 3 | base);
    }
    if (mode == 1) {
      bytes(at / unit);
    } else if (mode == 2) {
      int32(at);
    }
  }

  /**
   * What an instruction with an EVEX prefix is, apart from its operands.
   *
   * @param wide the bit W
   * @param unit bytes that a displacement of one byte counts in, when nothing is broadcast
   */
  record Evex(int map, int prefix, boolean wide, int opcode, int unit) {}

  /** An EVEX instruction on three registers. */
  final void evex(Evex e, int reg, int second, int rm, int bytes, int mask, boolean zero) {
    prefix(e, reg, second, rm >> 4 & 1, rm >> 3 & 1, bytes, mask, zero, false);
    registers(reg, rm);
  }

  /** An EVEX instruction whose last operand is in memory. */
  final void evex(Evex e, int reg, int second, Mem rm, int bytes, int mask, boolean zero) {
    int index = indexNumber(rm) >> 3 & 1;
    prefix(e, reg, second, index, rm.base().number() >> 3, bytes, mask, zero, rm.broadcast());
    operand(reg, rm, rm.broadcast() ? (e.wide() ? 8 : 4) : e.unit());
  }

  private void prefix(
      Evex e, int reg, int second, int x, int b, int length, int mask, boolean zero, boolean all) {
    int size = Integer.numberOfTrailingZeros(length / 16);
    bytes(
        0x62,
        (~reg >> 3 & 1) << 7 | (~x & 1) << 6 | (~b & 1) << 5 | (~reg >> 4 & 1) << 4 | e.map(),
        (e.wide() ? 0x80 : 0) | (~second & 15) << 3 | 4 | e.prefix(),
        (zero ? 0x80 : 0) | size << 5 | (all ? 0x10 : 0) | (~second >> 4 & 1) << 3 | mask,
        e.opcode());
  }
}
