package io.quant4j.kernels.vector.machine.assembler;

/** Vector instructions for products of integers and for taking their bits apart. */
abstract class IntegerInstructions extends LaneInstructions {

  /**
   * Adds to each int of {@code to} the four products of the unsigned bytes of {@code a} and the
   * signed bytes of {@code b} in its place; needs AVX512_VNNI.
   */
  public final void vpdpbusd(Simd to, Simd a, Simd b) {
    three(op38(0x50, to.bytes()), to, a, b);
  }

  /** The same with signed bytes from memory. */
  public final void vpdpbusd(Simd to, Simd a, Mem b) {
    three(op38(0x50, to.bytes()), to, a, b);
  }

  /** The lower 32 bits of products of ints. */
  public final void vpmulld(Simd to, Simd a, Simd b) {
    three(op38(0x40, to.bytes()), to, a, b);
  }

  public final void vpmulld(Simd to, Simd a, Mem b) {
    three(op38(0x40, to.bytes()), to, a, b);
  }

  /**
   * Each byte becomes eight bits of its 64 bits of {@code from}, from the bit on that the byte of
   * {@code first} says, round the end; needs AVX-512 VBMI.
   */
  public final void vpmultishiftqb(Simd to, Simd first, Simd from) {
    three(new Evex(MAP_0F38, PREFIX_66, true, 0x83, to.bytes()), to, first, from);
  }

  /** Ints of a table of 16, by the lower four bits of each lane of {@code index}. */
  public final void vpermd(Simd to, Simd index, Simd table) {
    three(op38(0x36, to.bytes()), to, index, table);
  }

  /** Words of a table of 32, by the lower five bits of each word of {@code index}. */
  public final void vpermw(Simd to, Simd index, Simd table) {
    three(new Evex(MAP_0F38, PREFIX_66, true, 0x8D, to.bytes()), to, index, table);
  }

  /** Signed bytes of a register, to as many ints. */
  public final void vpmovsxbd(Simd to, Simd from) {
    two(op38(0x21, to.bytes() / 4), to, from);
  }

  /** Signed bytes, to as many words. */
  public final void vpmovsxbw(Simd to, Mem from) {
    two(op38(0x20, to.bytes() / 2), to, from);
  }

  public final void vpmovsxbw(Simd to, Simd from) {
    two(op38(0x20, to.bytes() / 2), to, from);
  }

  /** Ints of each 128 bits in the order of four indexes of two bits. */
  public final void vpshufd(Simd to, Mem from, int order) {
    two(integer(0x70, false, to), to, from);
    bytes(order);
  }

  /** 8 bytes, to each 8 of the register. */
  public final void vpbroadcastq(Simd to, Mem from) {
    two(new Evex(MAP_0F38, PREFIX_66, true, 0x59, 8), to, from);
  }

  /** Shifts ints to the right, filling with the sign. */
  public final void vpsrad(Simd to, Simd from, int bits) {
    evex(integer(0x72, false, to), 4, to.number(), from.number(), to.bytes(), NONE, false);
    bytes(bits);
  }

  /** {@code to -= a * b}, rounded once. */
  public final void vfnmadd231ps(Simd to, Simd a, Simd b) {
    three(op38(0xBC, to.bytes()), to, a, b);
  }
}
