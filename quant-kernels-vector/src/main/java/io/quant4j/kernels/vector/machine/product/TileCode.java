package io.quant4j.kernels.vector.machine.product;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R12;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
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
 * void f(panel, packed, sums, vectorStride, vectorTiles, columns, rowTiles, first)}.
 *
 * <ul>
 *   <li>panel: (rowTiles, columns / 16, ROWS, 16), see {@link PanelCode}
 *   <li>packed: the stretch in the first tile of vectors, see {@link PackCode}
 *   <li>sums: accumulators, (vectorTiles, rowTiles, ROWS, VECTORS, 16); written
 *   <li>vectorStride: bytes from one tile of vectors to the next
 *   <li>columns: of the stretch, a multiple of 16; neither they nor tiles are 0
 *   <li>first: 1 if sums start at zero, else 0
 * </ul>
 */
final class TileCode {
  static final int ROWS = 6;
  static final int VECTORS = 4;

  /** Bytes of a tile's accumulators. */
  static final int SUM_BYTES = ROWS * VECTORS * Constants.BYTES;

  private static final int LANES = 16;
  private static final int FULL = Constants.BYTES;
  private static final Gpr PANEL = R10;
  private static final Gpr PACKED = R11;
  private static final Gpr TILES_LEFT = R12;
  private static final Gpr COLUMNS_LEFT = RAX;

  private final Assembler a = new Assembler();

  private TileCode() {}

  /** The function's bytes, which run at any address. */
  static byte[] bytes() {
    return new TileCode().write();
  }

  private byte[] write() {
    Label nextVectors = a.label();
    Label nextRows = a.label();
    Frame.enter(a);
    a.bind(nextVectors);
    a.mov(PANEL, RDI);
    a.mov(TILES_LEFT, Frame.stackArgument(0));
    a.bind(nextRows);
    a.mov(PACKED, RSI);
    loadSums();
    columns();
    for (int i = 0; i < ROWS * VECTORS; i++) {
      a.vmovups(Mem.at(RDX, i * FULL), Simd.zmm(i));
    }
    a.add(RDX, SUM_BYTES);
    a.sub(TILES_LEFT, 1);
    a.jump(NOT_EQUAL, nextRows);
    a.add(RSI, RCX);
    a.sub(R8, 1);
    a.jump(NOT_EQUAL, nextVectors);
    Frame.leave(a);
    return a.toByteArray();
  }

  private void loadSums() {
    Label zero = a.label();
    Label done = a.label();
    a.mov(RAX, Frame.stackArgument(1));
    a.test(RAX, RAX);
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
  }

  private void columns() {
    Label next = a.label();
    a.mov(COLUMNS_LEFT, R9);
    a.bind(next);
    for (int v = 0; v < VECTORS; v++) {
      a.vmovups(x(v), Mem.at(PACKED, v * FULL));
    }
    for (int r = 0; r < ROWS; r++) {
      Simd weights = Simd.zmm(ROWS * VECTORS + VECTORS + r % 2);
      a.vmovups(weights, Mem.at(PANEL, r * FULL));
      for (int v = 0; v < VECTORS; v++) {
        a.vfmadd231ps(Simd.zmm(r * VECTORS + v), weights, x(v));
      }
    }
    a.add(PACKED, VECTORS * FULL);
    a.add(PANEL, ROWS * FULL);
    a.sub(COLUMNS_LEFT, LANES);
    a.jump(NOT_EQUAL, next);
  }

  private static Simd x(int vector) {
    return Simd.zmm(ROWS * VECTORS + vector);
  }
}
