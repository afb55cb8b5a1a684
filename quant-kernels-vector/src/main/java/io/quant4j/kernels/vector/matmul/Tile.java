package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.kernels.vector.lanes.Lanes;
import io.quant4j.kernels.vector.lanes.Sum;
import jdk.incubator.vector.FloatVector;

/**
 * Four rows times three vectors, with all twelve accumulators in registers. With one row and three
 * vectors loaded that makes the sixteen registers that every processor with vectors has; each value
 * loaded is used three or four times.
 */
final class Tile {
  static final int ROWS = 4;
  static final int VECTORS = 3;

  /** Floats that hold the accumulators of a tile: (row, vector, lane). */
  static final int FLOATS = ROWS * VECTORS * COUNT;

  private Tile() {}

  /**
   * Adds the products of a stretch of columns to the accumulators.
   *
   * @param rows decoded rows; the first one of the tile starts at {@code row}, {@code stride} apart
   * @param x0 start of the stretch in the first vector
   * @param x1 the same in the second one
   * @param x2 the same in the third one
   * @param cols columns of the stretch, a multiple of the lanes
   * @param sums the accumulators, {@link #FLOATS} from {@code at}
   */
  static void add(
      float[] rows,
      int row,
      int stride,
      float[] x,
      int x0,
      int x1,
      int x2,
      int cols,
      float[] sums,
      int at) {
    FloatVector a0 = Lanes.floats(sums, at);
    FloatVector a1 = Lanes.floats(sums, at + COUNT);
    FloatVector a2 = Lanes.floats(sums, at + 2 * COUNT);
    FloatVector b0 = Lanes.floats(sums, at + 3 * COUNT);
    FloatVector b1 = Lanes.floats(sums, at + 4 * COUNT);
    FloatVector b2 = Lanes.floats(sums, at + 5 * COUNT);
    FloatVector c0 = Lanes.floats(sums, at + 6 * COUNT);
    FloatVector c1 = Lanes.floats(sums, at + 7 * COUNT);
    FloatVector c2 = Lanes.floats(sums, at + 8 * COUNT);
    FloatVector d0 = Lanes.floats(sums, at + 9 * COUNT);
    FloatVector d1 = Lanes.floats(sums, at + 10 * COUNT);
    FloatVector d2 = Lanes.floats(sums, at + 11 * COUNT);
    int rowB = row + stride;
    int rowC = rowB + stride;
    int rowD = rowC + stride;
    for (int i = 0; i < cols; i += COUNT) {
      FloatVector v0 = Lanes.floats(x, x0 + i);
      FloatVector v1 = Lanes.floats(x, x1 + i);
      FloatVector v2 = Lanes.floats(x, x2 + i);
      FloatVector a = Lanes.floats(rows, row + i);
      a0 = a.fma(v0, a0);
      a1 = a.fma(v1, a1);
      a2 = a.fma(v2, a2);
      FloatVector b = Lanes.floats(rows, rowB + i);
      b0 = b.fma(v0, b0);
      b1 = b.fma(v1, b1);
      b2 = b.fma(v2, b2);
      FloatVector c = Lanes.floats(rows, rowC + i);
      c0 = c.fma(v0, c0);
      c1 = c.fma(v1, c1);
      c2 = c.fma(v2, c2);
      FloatVector d = Lanes.floats(rows, rowD + i);
      d0 = d.fma(v0, d0);
      d1 = d.fma(v1, d1);
      d2 = d.fma(v2, d2);
    }
    a0.intoArray(sums, at);
    a1.intoArray(sums, at + COUNT);
    a2.intoArray(sums, at + 2 * COUNT);
    b0.intoArray(sums, at + 3 * COUNT);
    b1.intoArray(sums, at + 4 * COUNT);
    b2.intoArray(sums, at + 5 * COUNT);
    c0.intoArray(sums, at + 6 * COUNT);
    c1.intoArray(sums, at + 7 * COUNT);
    c2.intoArray(sums, at + 8 * COUNT);
    d0.intoArray(sums, at + 9 * COUNT);
    d1.intoArray(sums, at + 10 * COUNT);
    d2.intoArray(sums, at + 11 * COUNT);
  }

  /** The product of one row and one vector of the tile, from its accumulators. */
  static float result(float[] sums, int at, int row, int vector) {
    return Sum.of(Lanes.floats(sums, at + (row * VECTORS + vector) * COUNT));
  }
}
