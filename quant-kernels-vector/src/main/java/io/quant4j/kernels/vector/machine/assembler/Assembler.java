package io.quant4j.kernels.vector.machine.assembler;

/**
 * Writes machine code for x86-64, one method per instruction. Operands come in Intel's order: the
 * result first. All vector instructions are those of AVX-512.
 */
public final class Assembler extends IntegerInstructions {
  private static final int FULL_64 = 64;

  /** Empty code. */
  public Assembler() {}

  public void vmovups(Simd to, Mem from) {
    two(new Evex(MAP_0F, PREFIX_NONE, false, 0x10, to.bytes()), to, from);
  }

  public void vmovups(Mem to, Simd from) {
    two(new Evex(MAP_0F, PREFIX_NONE, false, 0x11, from.bytes()), from, to);
  }

  public void vmovups(Simd to, Simd from) {
    two(arithmetic(0x10, to), to, from);
  }

  /** The lowest float, to memory. */
  public void vmovss(Mem to, Simd from) {
    two(new Evex(MAP_0F, PREFIX_F3, false, 0x11, 4), from.quarter(), to);
  }

  /** 16 bytes, to each 16 of the register. */
  public void vbroadcasti32x4(Simd to, Mem from) {
    two(op38(0x5A, 16), to, from);
  }

  /** 32 bytes, to both halves of the register. */
  public void vbroadcasti64x4(Simd to, Mem from) {
    two(new Evex(MAP_0F38, PREFIX_66, true, 0x5B, 32), to, from);
  }

  public void vpbroadcastw(Simd to, Mem from) {
    two(op38(0x79, 2), to, from);
  }

  /** Half as many bytes of halves, to floats. */
  public void vcvtph2ps(Simd to, Mem from) {
    two(op38(0x13, to.bytes() / 2), to, from);
  }

  public void vcvtph2ps(Simd to, Simd from) {
    two(op38(0x13, to.bytes() / 2), to, from);
  }

  /** Signed ints, to the nearest floats. */
  public void vcvtdq2ps(Simd to, Simd from) {
    two(new Evex(MAP_0F, PREFIX_NONE, false, 0x5B, to.bytes()), to, from);
  }

  public void vpmovzxbd(Simd to, Mem from) {
    two(op38(0x31, to.bytes() / 4), to, from);
  }

  public void vpmovsxbd(Simd to, Mem from) {
    two(op38(0x21, to.bytes() / 4), to, from);
  }

  public void vpmovzxwd(Simd to, Mem from) {
    two(op38(0x33, to.bytes() / 2), to, from);
  }

  /** {@code to += a * b}, rounded once. */
  public void vfmadd231ps(Simd to, Simd a, Simd b) {
    three(op38(0xB8, to.bytes()), to, a, b);
  }

  public void vfmadd231ps(Simd to, Simd a, Mem b) {
    three(op38(0xB8, to.bytes()), to, a, b);
  }

  /** The same with doubles. */
  public void vfmadd231pd(Simd to, Simd a, Simd b) {
    three(new Evex(MAP_0F38, PREFIX_66, true, 0xB8, to.bytes()), to, a, b);
  }

  public void vaddpd(Simd to, Simd a, Simd b) {
    three(integer(0x58, true, to), to, a, b);
  }

  /** Half as many bytes of floats, to doubles. */
  public void vcvtps2pd(Simd to, Mem from) {
    two(new Evex(MAP_0F, PREFIX_NONE, false, 0x5A, to.bytes() / 2), to, from);
  }

  public void vaddps(Simd to, Simd a, Simd b) {
    three(arithmetic(0x58, to), to, a, b);
  }

  public void vaddps(Simd to, Simd a, Mem b) {
    three(arithmetic(0x58, to), to, a, b);
  }

  public void vmulps(Simd to, Simd a, Simd b) {
    three(arithmetic(0x59, to), to, a, b);
  }

  public void vmulps(Simd to, Simd a, Mem b) {
    three(arithmetic(0x59, to), to, a, b);
  }

  public void vsubps(Simd to, Simd a, Simd b) {
    three(arithmetic(0x5C, to), to, a, b);
  }

  public void vsubps(Simd to, Simd a, Mem b) {
    three(arithmetic(0x5C, to), to, a, b);
  }

  /** Floats of a table of 16, by the lower four bits of each lane of {@code index}. */
  public void vpermps(Simd to, Simd index, Simd table) {
    three(op38(0x16, to.bytes()), to, index, table);
  }

  /** Bytes of a register, by the lower bits of each byte of {@code index}; needs AVX-512 VBMI. */
  public void vpermb(Simd to, Simd index, Simd table) {
    three(op38(0x8D, to.bytes()), to, index, table);
  }

  public void vpandd(Simd to, Simd a, Mem b) {
    three(integer(0xDB, false, to), to, a, b);
  }

  public void vpermb(Simd to, Simd index, Mem table) {
    three(op38(0x8D, to.bytes()), to, index, table);
  }

  public void vpandd(Simd to, Simd a, Simd b) {
    three(integer(0xDB, false, to), to, a, b);
  }

  public void vpord(Simd to, Simd a, Mem b) {
    three(integer(0xEB, false, to), to, a, b);
  }

  public void vpord(Simd to, Simd a, Simd b) {
    three(integer(0xEB, false, to), to, a, b);
  }

  public void vpxord(Simd to, Simd a, Simd b) {
    three(integer(0xEF, false, to), to, a, b);
  }

  public void vpsubb(Simd to, Simd a, Simd b) {
    three(integer(0xF8, false, to), to, a, b);
  }

  public void vpaddd(Simd to, Simd a, Simd b) {
    three(integer(0xFE, false, to), to, a, b);
  }

  public void vpsubd(Simd to, Simd a, Simd b) {
    three(integer(0xFA, false, to), to, a, b);
  }

  /** Shifts words of 16 bits to the right, filling with zeros. */
  public void vpsrlw(Simd to, Simd from, int bits) {
    shift(integer(0x71, false, to), 2, to, from, bits);
  }

  /** Shifts ints to the right, filling with zeros. */
  public void vpsrld(Simd to, Simd from, int bits) {
    shift(integer(0x72, false, to), 2, to, from, bits);
  }

  /** Shifts ints to the left. */
  public void vpslld(Simd to, Simd from, int bits) {
    shift(integer(0x72, false, to), 6, to, from, bits);
  }

  private void shift(Evex e, int operation, Simd to, Simd from, int bits) {
    evex(e, operation, to.number(), from.number(), to.bytes(), NONE, false);
    bytes(bits);
  }

  /** Shifts each int to the right by its own number of bits. */
  public void vpsrlvd(Simd to, Simd from, Simd bits) {
    three(op38(0x45, to.bytes()), to, from, bits);
  }

  /** Shifts each word of 16 bits to the right by its own number of bits. */
  public void vpsrlvw(Simd to, Simd from, Simd bits) {
    three(new Evex(MAP_0F38, PREFIX_66, true, 0x10, to.bytes()), to, from, bits);
  }

  /** Shifts each word of 16 bits to the left by its own number of bits. */
  public void vpsllvw(Simd to, Simd from, Simd bits) {
    three(new Evex(MAP_0F38, PREFIX_66, true, 0x12, to.bytes()), to, from, bits);
  }

  /** Rotates each int to the left by its own number of bits. */
  public void vprolvd(Simd to, Simd from, Simd bits) {
    three(op38(0x15, to.bytes()), to, from, bits);
  }

  /** Each bit is what {@code table} says: bit 4 a + 2 b + c of it, where a is the old one. */
  public void vpternlogd(Simd to, Simd b, Simd c, int table) {
    three(new Evex(MAP_0F3A, PREFIX_66, false, 0x25, to.bytes()), to, b, c);
    bytes(table);
  }

  /** Floats of a table of 32 in two registers, by the lower five bits of what is overwritten. */
  public void vpermi2ps(Simd indexAndResult, Simd low, Simd high) {
    three(op38(0x77, low.bytes()), indexAndResult, low, high);
  }

  public void vpbroadcastd(Simd to, Mem from) {
    two(op38(0x58, 4), to, from);
  }

  /** One quarter of a register of 512 bits. */
  public void vextractf32x4(Simd to, Simd from, int quarter) {
    extract(new Evex(MAP_0F3A, PREFIX_66, false, 0x19, 16), to, from, quarter);
  }

  /** One half of a register of 512 bits. */
  public void vextractf64x4(Simd to, Simd from, int half) {
    extract(new Evex(MAP_0F3A, PREFIX_66, true, 0x1B, 32), to, from, half);
  }

  private void extract(Evex e, Simd to, Simd from, int part) {
    evex(e, from.number(), NONE, to.number(), from.bytes(), NONE, false);
    bytes(part);
  }

  /** Floats of each 128 bits in the order of four indexes of two bits. */
  public void vpermilps(Simd to, Simd from, int order) {
    two(new Evex(MAP_0F3A, PREFIX_66, false, 0x04, to.bytes()), to, from);
    bytes(order);
  }

  /** Adds to each int of {@code to} the two products of signed words in its place. */
  public void vpdpwssd(Simd to, Simd a, Simd b) {
    three(op38(0x52, to.bytes()), to, a, b);
  }

  /** Each int becomes the sum of the two products of signed words in its place. */
  public void vpmaddwd(Simd to, Simd a, Simd b) {
    three(integer(0xF5, false, to), to, a, b);
  }

  /** Ints of two registers, 128 bits of each in turn, to words; what is too large is clamped. */
  public void vpackssdw(Simd to, Simd a, Simd b) {
    three(integer(0x6B, false, to), to, a, b);
  }

  /** The larger of unsigned ints. */
  public void vpmaxud(Simd to, Simd a, Simd b) {
    three(op38(0x3F, to.bytes()), to, a, b);
  }

  /** Floats to the nearest ints, the even one of two. */
  public void vcvtps2dq(Simd to, Simd from) {
    two(integer(0x5B, false, to), to, from);
  }

  public void vdivps(Simd to, Simd a, Simd b) {
    three(arithmetic(0x5E, to), to, a, b);
  }

  public void vdivps(Simd to, Simd a, Mem b) {
    three(arithmetic(0x5E, to), to, a, b);
  }

  /** The lower two floats of each 128 bits of two registers, alternating. */
  public void vunpcklps(Simd to, Simd a, Simd b) {
    three(arithmetic(0x14, to), to, a, b);
  }

  /** The upper two floats of each 128 bits of two registers, alternating. */
  public void vunpckhps(Simd to, Simd a, Simd b) {
    three(arithmetic(0x15, to), to, a, b);
  }

  /** The lower half of each 128 bits of two registers. */
  public void vunpcklpd(Simd to, Simd a, Simd b) {
    three(integer(0x14, true, to), to, a, b);
  }

  /** The upper half of each 128 bits of two registers. */
  public void vunpckhpd(Simd to, Simd a, Simd b) {
    three(integer(0x15, true, to), to, a, b);
  }

  public void vbroadcastss(Simd to, Mem from) {
    two(op38(0x18, 4), to, from);
  }

  /** The lowest float, to all lanes. */
  public void vbroadcastss(Simd to, Simd from) {
    two(op38(0x18, 4), to, from);
  }

  /** Leaves no upper halves behind that would slow down older instructions. */
  public void vzeroupper() {
    bytes(0xC5, 0xF8, 0x77);
  }

  /** Clears a whole register. */
  public void clear(Simd register) {
    Simd all = new Simd(register.number(), FULL_64);
    vpxord(all, all, all);
  }
}
