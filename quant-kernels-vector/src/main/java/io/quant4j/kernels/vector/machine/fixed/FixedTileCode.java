package io.quant4j.kernels.vector.machine.fixed;

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
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * The products of one tile of vectors with several tiles of rows: {@code void f(vectors, weights,
 * out, groups, tiles, first)}.
 *
 * <ul>
 *   <li>vectors: {@code groups} {@link GroupLayout#VECTORS}
 *   <li>weights: {@code groups} {@link GroupLayout#WEIGHTS} of the first tile, then those of the
 *       next
 *   <li>out: floats, (vectors, {@link #OUT_ROWS}); written, or added to
 *   <li>groups, tiles: at least 1
 *   <li>first: 1 if out is written, 0 if it is added to
 * </ul>
 *
 * <p>24 accumulators of a group stay in registers; what they sum up to in floats waits on the
 * stack.
 */
final class FixedTileCode {
  /** Rows of a row of results in memory. */
  static final int OUT_ROWS = 48;

  private static final int ROWS = GroupLayout.WEIGHTS.rows();
  private static final int VECTORS = GroupLayout.VECTORS.rows();

  private static final int FULL = GroupLayout.VECTOR_BYTES;
  private static final int SUMS = ROWS * VECTORS;

  /** On the stack: sums in floats, then for each the scale of the current group. */
  private static final int SCALES_AT = SUMS * FULL;

  private static final int FRAME = SCALES_AT + 2 * FULL;
  private static final int ALIGNMENT = 64;

  private final Assembler a = new Assembler();

  private final int vectors;

  private FixedTileCode(int vectors) {
    this.vectors = vectors;
  }

  /**
   * The function's bytes, which run at any address.
   *
   * @param vectors how many of the tile's are multiplied, the first ones
   */
  static byte[] of(int vectors) {
    return new FixedTileCode(vectors).write();
  }

  private byte[] write() {
    Label nextRows = a.label();
    Label nextGroup = a.label();
    Label end = a.label();
    a.mov(R11, RSP);
    a.sub(RSP, FRAME);
    a.and(RSP, -ALIGNMENT);
    a.bind(nextRows);
    a.mov(RAX, RDI);
    a.mov(R10, RCX);
    group(true);
    a.sub(R10, 1);
    a.jump(EQUAL, end);
    a.bind(nextGroup);
    group(false);
    a.sub(R10, 1);
    a.jump(NOT_EQUAL, nextGroup);
    a.bind(end);
    results();
    a.add(RDX, ROWS * Float.BYTES);
    a.sub(R8, 1);
    a.jump(NOT_EQUAL, nextRows);
    a.mov(RSP, R11);
    a.vzeroupper();
    a.ret();
    return a.toByteArray();
  }

  private static Simd sum(int row, int vector) {
    return Simd.zmm(vector * ROWS + row);
  }

  private void group(boolean first) {
    scales();
    for (int step = 0; step < GroupLayout.STEPS; step++) {
      for (int v = 0; v < vectors; v++) {
        a.vmovups(vector(v), Mem.at(RAX, (step * VECTORS + v) * FULL));
      }
      for (int r = 0; r < ROWS; r++) {
        Simd weights = Simd.zmm(SUMS + VECTORS + r % 2);
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
    a.add(RAX, GroupLayout.VECTORS.bytes());
    a.add(RSI, GroupLayout.WEIGHTS.bytes());
    for (int i = 0; i < ROWS * vectors; i++) {
      addToFloats(i, first);
    }
  }

  private static Simd vector(int v) {
    return Simd.zmm(SUMS + v);
  }

  /** The products of the scales of all rows and vectors, in the order of the accumulators. */
  private void scales() {
    Simd ofRows = Simd.zmm(SUMS);
    Simd low = Simd.zmm(SUMS + 1);
    Simd high = Simd.zmm(SUMS + 2).half();
    a.vbroadcasti32x4(ofRows, Mem.at(RSI, GroupLayout.WEIGHTS.scalesAt()));
    a.vmulps(low, ofRows, Mem.at(RAX, GroupLayout.VECTORS.scalesAt()));
    a.vmulps(high, ofRows.half(), Mem.at(RAX, GroupLayout.VECTORS.scalesAt() + FULL));
    a.vmovups(Mem.at(RSP, SCALES_AT), low);
    a.vmovups(Mem.at(RSP, SCALES_AT + FULL), high);
  }

  private void addToFloats(int i, boolean first) {
    Simd sum = Simd.zmm(i);
    Simd floats = Simd.zmm(SUMS + i % 8);
    Mem place = Mem.at(RSP, i * FULL);
    Mem scale = Mem.at(RSP, SCALES_AT + i * Float.BYTES).toAllLanes();
    a.vcvtdq2ps(sum, sum);
    if (first) {
      a.vmulps(floats, sum, scale);
    } else {
      a.vmovups(floats, place);
      a.vfmadd231ps(floats, sum, scale);
    }
    a.vmovups(place, floats);
  }

  private void results() {
    Label add = a.label();
    Label done = a.label();
    for (int v = 0; v < vectors; v++) {
      sumOfLanes(v);
    }
    a.test(R9, R9);
    a.jump(EQUAL, add);
    store();
    a.jump(done);
    a.bind(add);
    for (int v = 0; v < vectors; v++) {
      Simd result = Simd.xmm(v);
      Simd before = Simd.xmm(VECTORS + v);
      a.vmovups(before, out(v));
      a.vaddps(result, before, result);
    }
    store();
    a.bind(done);
  }

  private void store() {
    for (int v = 0; v < vectors; v++) {
      a.vmovups(out(v), Simd.xmm(v));
    }
  }

  private static Mem out(int vector) {
    return Mem.at(RDX, vector * OUT_ROWS * Float.BYTES);
  }

  /** Leaves the results of four rows with a vector in the lowest lanes of the vector's register. */
  private void sumOfLanes(int v) {
    int free = 8 + 4 * v;
    Simd pairs = Simd.zmm(free);
    Simd second = Simd.zmm(free + 1);
    Simd scratch = Simd.zmm(free + 2);
    addPairs(pairs, sumPlace(0, v), sumPlace(1, v), scratch, Simd.zmm(free + 3));
    addPairs(second, sumPlace(2, v), sumPlace(3, v), scratch, Simd.zmm(free + 3));
    Simd result = Simd.zmm(v);
    a.vunpcklpd(result, pairs, second);
    a.vunpckhpd(scratch, pairs, second);
    a.vaddps(result, result, scratch);
    a.vextractf64x4(scratch.half(), result, 1);
    a.vaddps(result.half(), result.half(), scratch.half());
    a.vextractf32x4(scratch.quarter(), result.half(), 1);
    a.vaddps(result.quarter(), result.quarter(), scratch.quarter());
  }

  private static Mem sumPlace(int row, int vector) {
    return Mem.at(RSP, (vector * ROWS + row) * FULL);
  }

  /** Of each 128 bits the sums of elements 0 and 2, and of 1 and 3, alternating. */
  private void addPairs(Simd to, Mem first, Mem second, Simd low, Simd high) {
    a.vmovups(to, first);
    a.vmovups(high, second);
    a.vunpcklps(low, to, high);
    a.vunpckhps(to, to, high);
    a.vaddps(to, low, to);
  }
}
