package io.quant4j.kernels.vector.machine.fixed;

import static io.quant4j.kernels.vector.machine.assembler.Condition.ABOVE;
import static io.quant4j.kernels.vector.machine.assembler.Condition.EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * The products of one tile of vectors with several tiles of rows: {@code void f(vectors, weights,
 * out, halves, tiles, step, ahead, stride, first)}.
 *
 * <ul>
 *   <li>vectors: groups of {@link GroupLayout#VECTORS}
 *   <li>weights: groups of {@link GroupLayout#WEIGHTS} of the first tile, then those of the next
 *   <li>out: floats, those of a vector {@code stride} bytes behind those of the one before;
 *       written, or added to
 *   <li>halves: of groups; if odd, the second half of the last group, which is there, does not
 *       count
 *   <li>halves, tiles: at least 1
 *   <li>ahead, step: what will be needed next, so many bytes of it, at most {@link #AHEAD_BYTES},
 *       for each group; the memory is idle meanwhile
 *   <li>first: 1 if out is written, 0 if it is added to
 * </ul>
 *
 * <p>The sums of a group and what they add up to in floats stay in registers. Floats of two rows
 * and two vectors are put together before they are scaled: multiplications share two of the
 * processor's four pipes with the products of words, additions and moves between lanes have the
 * others. Twelve sums end at a time: the more end at once, the longer products wait for each other.
 */
final class FixedTileCode {
  /** Bytes that are asked for ahead with each group. */
  static final int AHEAD_BYTES = 128;

  /** Vectors whose sums are put together. */
  static final int TOGETHER = 2;

  private static final int CACHE_LINE = 64;

  /** Arguments on the stack. */
  private static final Mem AHEAD = Mem.at(RSP, Long.BYTES);

  private static final Mem STRIDE = Mem.at(RSP, 2 * Long.BYTES);
  private static final Mem IS_FIRST = Mem.at(RSP, 3 * Long.BYTES);

  private static final int ROWS = GroupLayout.WEIGHTS.rows();
  private static final int VECTORS = GroupLayout.VECTORS.rows();

  private static final int FULL = GroupLayout.VECTOR_BYTES;
  private static final int TOTALS = ROWS * VECTORS;
  private static final Simd SCALES = Simd.zmm(15);
  private static final int FREE = 16;
  private static final int OPERANDS = 24;

  private final Assembler a = new Assembler();

  private final int vectors;

  private FixedTileCode(int vectors) {
    this.vectors = vectors;
  }

  /**
   * The function's bytes, which run at any address.
   *
   * @param vectors how many of the tile's are multiplied, the first ones; even
   */
  static byte[] of(int vectors) {
    return new FixedTileCode(vectors).write();
  }

  private byte[] write() {
    Label nextRows = a.label();
    Label nextGroup = a.label();
    a.mov(R11, AHEAD);
    a.bind(nextRows);
    a.mov(RAX, RDI);
    a.mov(R10, RCX);
    for (int pair = 0; pair < vectors / TOGETHER; pair++) {
      a.clear(total(pair));
    }
    a.bind(nextGroup);
    group();
    a.sub(R10, 1);
    a.jump(ABOVE, nextGroup);
    results();
    a.add(RDX, ROWS * Float.BYTES);
    a.sub(R8, 1);
    a.jump(NOT_EQUAL, nextRows);
    a.vzeroupper();
    a.ret();
    return a.toByteArray();
  }

  private static Simd sum(int row, int vector) {
    return Simd.zmm(vector * ROWS + row);
  }

  /** In each 128 bits: rows 0 and 1 with the pair's first vector, then with its second. */
  private static Simd total(int pair) {
    return Simd.zmm(TOTALS + pair);
  }

  private void group() {
    scales();
    for (int line = 0; line < AHEAD_BYTES; line += CACHE_LINE) {
      a.prefetcht1(Mem.at(R11, line));
    }
    a.add(R11, R9);
    Label end = a.label();
    int half = GroupLayout.STEPS / 2;
    for (int step = 0; step < half; step++) {
      products(step);
    }
    a.sub(R10, 1);
    a.jump(EQUAL, end);
    for (int step = half; step < GroupLayout.STEPS; step++) {
      products(step);
    }
    a.bind(end);
    a.add(RAX, GroupLayout.VECTORS.bytes());
    a.add(RSI, GroupLayout.WEIGHTS.bytes());
    for (int pair = 0; pair < vectors / TOGETHER; pair++) {
      addToTotal(pair);
    }
  }

  private void products(int step) {
    for (int v = 0; v < vectors; v++) {
      a.vmovups(vector(v), Mem.at(RAX, (step * VECTORS + v) * FULL));
    }
    for (int r = 0; r < ROWS; r++) {
      Simd weights = Simd.zmm(OPERANDS + VECTORS + r);
      a.vmovups(weights, Mem.at(RSI, (step * ROWS + r) * FULL));
      for (int v = 0; v < vectors; v++) {
        if (step == 0) {
          a.vpmaddwd(sum(r, v), weights, vector(v));
        } else {
          a.vpdpwssd(sum(r, v), weights, vector(v));
        }
      }
    }
  }

  private static Simd vector(int v) {
    return Simd.zmm(OPERANDS + v);
  }

  /** The products of the scales of all rows and vectors, in the order of the sums. */
  private void scales() {
    a.vbroadcastsd(SCALES, Mem.at(RSI, GroupLayout.WEIGHTS.scalesAt()));
    a.vmulps(SCALES, SCALES, Mem.at(RAX, GroupLayout.VECTORS.scalesAt()));
  }

  private void addToTotal(int pair) {
    Simd first = sum(0, 2 * pair);
    Simd second = sum(0, 2 * pair + 1);
    Simd free = Simd.zmm(FREE + 2 * pair);
    Simd scale = Simd.zmm(FREE + 2 * pair + 1);
    addLanes(first, sum(1, 2 * pair), free);
    addLanes(second, sum(1, 2 * pair + 1), free);
    a.vunpcklpd(free, first, second);
    a.vunpckhpd(first, first, second);
    a.vaddps(first, first, free);
    a.vshuff32x4(scale, SCALES, SCALES, pair * 0b01_01_01_01);
    a.vfmadd231ps(total(pair), first, scale);
  }

  /** As floats, of each 128 bits the sums of elements 0 and 2 of both, then of 1 and 3. */
  private void addLanes(Simd first, Simd second, Simd free) {
    a.vcvtdq2ps(first, first);
    a.vcvtdq2ps(second, second);
    a.vunpcklps(free, first, second);
    a.vunpckhps(first, first, second);
    a.vaddps(first, first, free);
  }

  private void results() {
    Label add = a.label();
    Label done = a.label();
    for (int pair = 0; pair < vectors / TOGETHER; pair++) {
      addQuarters(pair);
    }
    a.mov(R10, STRIDE);
    a.mov(RAX, IS_FIRST);
    a.test(RAX, RAX);
    a.lea(RAX, Mem.at(RDX, R10, 2, 0));
    a.lea(RAX, Mem.at(RAX, R10));
    a.jump(EQUAL, add);
    store();
    a.jump(done);
    a.bind(add);
    for (int pair = 0; pair < vectors / TOGETHER; pair++) {
      Simd before = Simd.xmm(FREE + pair);
      a.vmovlps(before, before, out(2 * pair));
      a.vmovhps(before, before, out(2 * pair + 1));
      a.vaddps(total(pair).quarter(), before, total(pair).quarter());
    }
    store();
    a.bind(done);
  }

  private void addQuarters(int pair) {
    Simd all = total(pair);
    Simd part = Simd.zmm(FREE + pair);
    a.vextractf64x4(part.half(), all, 1);
    a.vaddps(all.half(), all.half(), part.half());
    a.vextractf32x4(part.quarter(), all.half(), 1);
    a.vaddps(all.quarter(), all.quarter(), part.quarter());
  }

  private void store() {
    for (int pair = 0; pair < vectors / TOGETHER; pair++) {
      a.vmovlps(out(2 * pair), total(pair).quarter());
      a.vmovhps(out(2 * pair + 1), total(pair).quarter());
    }
  }

  /** Of the first three vectors from one register on, of the others from another. */
  private static Mem out(int vector) {
    Gpr base = vector < 3 ? RDX : RAX;
    return vector % 3 == 0 ? Mem.at(base, 0) : Mem.at(base, R10, vector % 3, 0);
  }
}
