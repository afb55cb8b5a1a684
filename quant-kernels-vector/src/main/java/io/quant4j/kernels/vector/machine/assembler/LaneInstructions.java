package io.quant4j.kernels.vector.machine.assembler;

/** Vector instructions that compare lanes, choose between them, or move parts of registers. */
abstract class LaneInstructions extends GeneralInstructions {
  static final int NONE = 0;
  private static final int PREFIX_OF_MASKS = 0xC5;

  static Evex op38(int opcode, int unit) {
    return new Evex(MAP_0F38, PREFIX_66, false, opcode, unit);
  }

  static Evex arithmetic(int opcode, Simd to) {
    return new Evex(MAP_0F, PREFIX_NONE, false, opcode, to.bytes());
  }

  static Evex integer(int opcode, boolean wide, Simd to) {
    return new Evex(MAP_0F, PREFIX_66, wide, opcode, to.bytes());
  }

  final void three(Evex e, Simd to, Simd a, Simd b) {
    evex(e, to.number(), a.number(), b.number(), to.bytes(), NONE, false);
  }

  final void three(Evex e, Simd to, Simd a, Mem b) {
    evex(e, to.number(), a.number(), b, to.bytes(), NONE, false);
  }

  final void two(Evex e, Simd to, Simd from) {
    evex(e, to.number(), NONE, from.number(), to.bytes(), NONE, false);
  }

  final void two(Evex e, Simd to, Mem from) {
    evex(e, to.number(), NONE, from, to.bytes(), NONE, false);
  }

  /** The smaller floats; {@code b} where they are equal or one is NaN. */
  public final void vminps(Simd to, Simd a, Simd b) {
    three(arithmetic(0x5D, to), to, a, b);
  }

  /** The larger floats; {@code b} where they are equal or one is NaN. */
  public final void vmaxps(Simd to, Simd a, Simd b) {
    three(arithmetic(0x5F, to), to, a, b);
  }

  public final void vsqrtps(Simd to, Simd from) {
    two(arithmetic(0x51, to), to, from);
  }

  /** The lowest double; the upper one is that of {@code a}. */
  public final void vaddsd(Simd to, Simd a, Mem b) {
    three(scalar(0x58), to, a, b);
  }

  public final void vdivsd(Simd to, Simd a, Mem b) {
    three(scalar(0x5E), to, a, b);
  }

  public final void vdivsd(Simd to, Simd a, Simd b) {
    three(scalar(0x5E), to, a, b);
  }

  public final void vsqrtsd(Simd to, Simd a, Simd b) {
    three(scalar(0x51), to, a, b);
  }

  /** The lowest double, to a float. */
  public final void vcvtsd2ss(Simd to, Simd a, Simd b) {
    three(scalar(0x5A), to, a, b);
  }

  private static Evex scalar(int opcode) {
    return new Evex(MAP_0F, PREFIX_F2, true, opcode, Double.BYTES);
  }

  /** The smaller of signed ints. */
  public final void vpminsd(Simd to, Simd a, Simd b) {
    three(op38(0x39, to.bytes()), to, a, b);
  }

  /** The larger of signed ints. */
  public final void vpmaxsd(Simd to, Simd a, Simd b) {
    three(op38(0x3D, to.bytes()), to, a, b);
  }

  /** The lanes in which {@code a} and {@code b} compare so. */
  public final void vcmpps(Mask to, Simd a, Simd b, Comparison comparison) {
    compare(to, NONE, a, b, comparison);
  }

  /** The same among some lanes; the others are not in the result. */
  public final void vcmpps(Mask to, Mask among, Simd a, Simd b, Comparison comparison) {
    compare(to, among.number(), a, b, comparison);
  }

  private void compare(Mask to, int among, Simd a, Simd b, Comparison comparison) {
    evex(arithmetic(0xC2, a), to.number(), a.number(), b.number(), a.bytes(), among, false);
    bytes(comparison.code);
  }

  /** Moves some lanes; the others stay as they are. */
  public final void vmovups(Simd to, Mask lanes, Simd from) {
    Evex move = arithmetic(0x10, to);
    evex(move, to.number(), NONE, from.number(), to.bytes(), lanes.number(), false);
  }

  /** The lanes of either mask. */
  public final void korw(Mask to, Mask a, Mask b) {
    bytes(PREFIX_OF_MASKS, 0x84 | (~a.number() & 15) << 3, 0x45);
    registers(to.number(), b.number());
  }

  /** Sets zero if neither mask has a lane. */
  public final void kortestw(Mask a, Mask b) {
    bytes(PREFIX_OF_MASKS, 0xF8, 0x98);
    registers(a.number(), b.number());
  }

  /** Replaces one quarter of a register of 512 bits. */
  public final void vinsertf32x4(Simd to, Simd from, Mem quarter, int index) {
    three(new Evex(MAP_0F3A, PREFIX_66, false, 0x18, 16), to, from, quarter);
    bytes(index);
  }

  /** 128 bits four times: two of {@code a}, then two of {@code b}, by indexes of two bits. */
  public final void vshuff32x4(Simd to, Simd a, Simd b, int order) {
    three(new Evex(MAP_0F3A, PREFIX_66, false, 0x23, to.bytes()), to, a, b);
    bytes(order);
  }

  /** 8 bytes, to each 8 of the register. */
  public final void vbroadcastsd(Simd to, Mem from) {
    two(new Evex(MAP_0F38, PREFIX_66, true, 0x19, 8), to, from);
  }

  /** The lower two floats from memory, the upper two from a register. */
  public final void vmovlps(Simd to, Simd upper, Mem lower) {
    three(half(0x12), to, upper, lower);
  }

  /** The upper two floats from memory, the lower two from a register. */
  public final void vmovhps(Simd to, Simd lower, Mem upper) {
    three(half(0x16), to, lower, upper);
  }

  /** The lower two of four floats, to memory. */
  public final void vmovlps(Mem to, Simd from) {
    two(half(0x13), from, to);
  }

  /** The upper two of four floats, to memory. */
  public final void vmovhps(Mem to, Simd from) {
    two(half(0x17), from, to);
  }

  private static Evex half(int opcode) {
    return new Evex(MAP_0F, PREFIX_NONE, false, opcode, 8);
  }

  /** The lowest byte of each int, to memory. */
  public final void vpmovdb(Mem to, Simd from) {
    Evex move = new Evex(MAP_0F38, PREFIX_F3, false, 0x31, from.bytes() / 4);
    evex(move, from.number(), NONE, to, from.bytes(), NONE, false);
  }
}
