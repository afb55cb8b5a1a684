package io.quant4j.kernels.vector.machine.product;

import static io.quant4j.kernels.vector.machine.assembler.Condition.ABOVE;
import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R12;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R13;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R14;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R15;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RBX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * The products of a panel of decoded rows with many vectors, in tiles of {@link #ROWS} rows times
 * {@link #VECTORS} vectors whose accumulators stay in registers for a stretch of columns: {@code
 * void f(panel, x, sums, xStride, last, stretch, tiles, first)}.
 *
 * <ul>
 *   <li>panel: (tiles * ROWS, stretch)
 *   <li>x: the stretch in the first vector; vectors are xStride bytes apart
 *   <li>sums: accumulators, (vectors rounded up to tiles, tiles, ROWS, VECTORS, 16); written
 *   <li>last: address of the last vector, as a distance from x in bytes. A tile that reaches beyond
 *       it repeats it
 *   <li>stretch: bytes of a row of the panel, a multiple of 64
 *   <li>tiles: tiles of rows, at least 1
 *   <li>first: 1 if sums start at zero
 * </ul>
 */
final class TileCode {
  static final int ROWS = 6;
  static final int VECTORS = 4;

  /** Bytes of a tile's accumulators. */
  static final int SUM_BYTES = ROWS * VECTORS * Constants.BYTES;

  private static final int FULL = Constants.BYTES;
  private static final Gpr[] VECTOR = {R10, R11, RBX, R12};
  private static final Gpr COLUMN = RAX;
  private static final Gpr UPPER = R13;
  private static final Gpr LOWER = R14;
  private static final Gpr TILES_LEFT = R15;

  private final Assembler a = new Assembler();

  private TileCode() {}

  /** The function's bytes, which run at any address. */
  static byte[] bytes() {
    return new TileCode().write();
  }

  private byte[] write() {
    Label nextVectors = a.label();
    Label nextRows = a.label();
    Label end = a.label();
    Frame.enter(a);
    a.add(R8, RSI);
    a.bind(nextVectors);
    a.cmp(RSI, R8);
    a.jump(ABOVE, end);
    vectorAddresses();
    a.mov(UPPER, RDI);
    a.mov(TILES_LEFT, Frame.stackArgument(0));
    a.bind(nextRows);
    a.lea(LOWER, Mem.at(UPPER, R9, 2, 0));
    a.add(LOWER, R9);
    loadSums();
    columns();
    storeSums();
    // The pointers have gone through a row each: three rows further are the next tile's.
    a.lea(UPPER, Mem.at(LOWER, R9, 2, 0));
    a.add(RDX, SUM_BYTES);
    a.sub(TILES_LEFT, 1);
    a.jump(NOT_EQUAL, nextRows);
    a.lea(RSI, Mem.at(RSI, RCX, VECTORS, 0));
    a.jump(nextVectors);
    a.bind(end);
    Frame.leave(a);
    return a.toByteArray();
  }

  private void vectorAddresses() {
    a.mov(VECTOR[0], RSI);
    for (int v = 1; v < VECTORS; v++) {
      a.lea(VECTOR[v], Mem.at(VECTOR[v - 1], RCX));
      a.cmp(VECTOR[v], R8);
      a.cmov(ABOVE, VECTOR[v], R8);
    }
  }

  private static Simd sum(int row, int vector) {
    return Simd.zmm(row * VECTORS + vector);
  }

  private void loadSums() {
    Label zero = a.label();
    Label done = a.label();
    a.mov(COLUMN, Frame.stackArgument(1));
    a.test(COLUMN, COLUMN);
    a.jump(NOT_EQUAL, zero);
    for (int i = 0; i < ROWS * VECTORS; i++) {
      a.vmovups(Simd.zmm(i), Mem.at(RDX, i * FULL));
    }
    a.jump(done);
    a.bind(zero);
    for (int i = 0; i < ROWS * VECTORS; i++) {
      a.clear(Simd.zmm(i));
    }
    a.bind(done);
    a.clear(COLUMN);
  }

  private void storeSums() {
    for (int i = 0; i < ROWS * VECTORS; i++) {
      a.vmovups(Mem.at(RDX, i * FULL), Simd.zmm(i));
    }
  }

  private void columns() {
    Label next = a.label();
    a.bind(next);
    for (int v = 0; v < VECTORS; v++) {
      a.vmovups(x(v), Mem.at(VECTOR[v], COLUMN));
    }
    for (int r = 0; r < ROWS; r++) {
      Gpr base = r < ROWS / 2 ? UPPER : LOWER;
      int fromBase = r % (ROWS / 2);
      Simd weights = Simd.zmm(ROWS * VECTORS + VECTORS + r % 2);
      a.vmovups(weights, fromBase == 0 ? Mem.at(base, 0) : Mem.at(base, R9, fromBase, 0));
      for (int v = 0; v < VECTORS; v++) {
        a.vfmadd231ps(sum(r, v), weights, x(v));
      }
    }
    a.add(COLUMN, FULL);
    a.add(UPPER, FULL);
    a.add(LOWER, FULL);
    a.cmp(COLUMN, R9);
    a.jump(NOT_EQUAL, next);
  }

  private static Simd x(int vector) {
    return Simd.zmm(ROWS * VECTORS + vector);
  }
}
