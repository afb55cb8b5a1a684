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

  public final void vpmultishiftqb(Simd to, Simd first, Mem from) {
    three(new Evex(MAP_0F38, PREFIX_66, true, 0x83, to.bytes()), to, first, from);
  }

  /** Ints of a table of 16, by the lower four bits of each lane of {@code index}. */
  public final void vpermd(Simd to, Simd index, Simd table) {
    three(op38(0x36, to.bytes()), to, index, table);
  }

  public final void vpermd(Simd to, Simd index, Mem table) {
    three(op38(0x36, to.bytes()), to, index, table);
  }

  /** Words of a table of 32, by the lower five bits of each word of {@code index}. */
  public final void vpermw(Simd to, Simd index, Simd table) {
    three(new Evex(MAP_0F38, PREFIX_66, true, 0x8D, to.bytes()), to, index, table);
  }

  /**
   * Words of a table of 64 in two registers, by the lower six bits of each word of {@code index};
   * the first register is overwritten.
   */
  public final void vpermt2w(Simd lowAndResult, Simd index, Simd high) {
    Evex permute = new Evex(MAP_0F38, PREFIX_66, true, 0x7D, high.bytes());
    three(permute, lowAndResult, index, high);
  }

  /** Bytes of a table of 128 in two registers, the same way; needs AVX-512 VBMI. */
  public final void vpermt2b(Simd lowAndResult, Simd index, Simd high) {
    three(op38(0x7D, high.bytes()), lowAndResult, index, high);
  }

  /** The same with the upper half of the table in memory and the indexes overwritten. */
  public final void vpermi2b(Simd indexAndResult, Simd low, Mem high) {
    three(op38(0x75, low.bytes()), indexAndResult, low, high);
  }

  public final void vpermi2b(Simd indexAndResult, Simd low, Simd high) {
    three(op38(0x75, low.bytes()), indexAndResult, low, high);
  }

  /** The bytes whose highest bit is set. */
  public final void vpmovb2m(Mask to, Simd from) {
    Evex move = new Evex(MAP_0F38, PREFIX_F3, false, 0x29, from.bytes());
    evex(move, to.number(), NONE, from.number(), from.bytes(), NONE, false);
  }

  public final void vpaddb(Simd to, Simd a, Simd b) {
    three(integer(0xFC, false, to), to, a, b);
  }

  /** The unsigned bytes of {@code a} that are not less than those of {@code b}. */
  public final void vpcmpnltub(Mask to, Simd a, Simd b) {
    Evex compare = new Evex(MAP_0F3A, PREFIX_66, false, 0x3E, a.bytes());
    evex(compare, to.number(), a.number(), b.number(), a.bytes(), NONE, false);
    bytes(5);
  }

  /** All bits of the bytes that a mask has, and no others. */
  public final void vpmovm2b(Simd to, Mask from) {
    Evex move = new Evex(MAP_0F38, PREFIX_F3, false, 0x28, to.bytes());
    evex(move, to.number(), NONE, from.number(), to.bytes(), NONE, false);
  }

  /** The bytes that have a bit in common with those in memory. */
  public final void vptestmb(Mask to, Simd a, Mem b) {
    Evex test = op38(0x26, a.bytes());
    evex(test, to.number(), a.number(), b, a.bytes(), NONE, false);
  }

  /** Bytes of {@code b} where the mask has them, else of {@code a}. */
  public final void vpblendmb(Simd to, Mask mask, Simd a, Simd b) {
    Evex blend = op38(0x66, to.bytes());
    evex(blend, to.number(), a.number(), b.number(), to.bytes(), mask.number(), false);
  }

  /** The lower eight bytes of each 128 bits of two registers, alternating. */
  public final void vpunpcklbw(Simd to, Simd a, Simd b) {
    three(integer(0x60, false, to), to, a, b);
  }

  /** The upper eight bytes of each 128 bits of two registers, alternating. */
  public final void vpunpckhbw(Simd to, Simd a, Simd b) {
    three(integer(0x68, false, to), to, a, b);
  }

  /** Unsigned bytes, to as many ints of 64 bits. */
  public final void vpmovzxbq(Simd to, Mem from) {
    two(op38(0x32, to.bytes() / 8), to, from);
  }

  /** Unsigned words, to as many ints of 64 bits. */
  public final void vpmovzxwq(Simd to, Mem from) {
    two(op38(0x34, to.bytes() / 4), to, from);
  }

  /**
   * Two lanes of each 128 bits of {@code a}, then two of {@code b}, by four indexes of two bits.
   */
  public final void vshufps(Simd to, Simd a, Simd b, int order) {
    three(arithmetic(0xC6, to), to, a, b);
    bytes(order);
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
