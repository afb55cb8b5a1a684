package io.quant4j.kernels.vector.matmul;

import static io.quant4j.kernels.vector.VectorWidth.FLOATS;
import static io.quant4j.kernels.vector.VectorWidth.LANES;

import io.quant4j.kernels.vector.Lanes;
import jdk.incubator.vector.FloatVector;

/**
 * Products of a panel of decoded rows with vectors, in registers. Whatever the tile, a (row, vector) pair has one
 * accumulator that runs over the columns in order and is then summed alike: its result depends neither on the batch nor on
 * the rows beside it.
 */
final class Tile {
  /** Rows of a panel. */
  static final int ROWS = 4;

  /** Vectors of a {@link #wide} tile: 16 accumulators and their operands fit the registers of AVX-512. */
  static final int BATCH = 4;

  /** Elements of the scratch that tiles need. */
  static final int SCRATCH = ROWS * BATCH * LANES;

  private Tile() {}

  /**
   * {@link #ROWS} rows with {@link #BATCH} vectors.
   *
   * @param panel (ROWS, cols)
   * @param x (BATCH, cols) from {@code xAt}
   * @param y row b of the results starts at {@code yAt + b * yStride}
   * @param lanes scratch of {@link #SCRATCH} elements: accumulators that were handed to a method instead would be boxed
   */
  static void wide(
      float[] panel,
      int cols,
      float[] x,
      int xAt,
      float[] y,
      int yAt,
      int yStride,
      float[] lanes) {
    FloatVector a00 = FloatVector.zero(FLOATS);
    FloatVector a01 = a00;
    FloatVector a02 = a00;
    FloatVector a03 = a00;
    FloatVector a10 = a00;
    FloatVector a11 = a00;
    FloatVector a12 = a00;
    FloatVector a13 = a00;
    FloatVector a20 = a00;
    FloatVector a21 = a00;
    FloatVector a22 = a00;
    FloatVector a23 = a00;
    FloatVector a30 = a00;
    FloatVector a31 = a00;
    FloatVector a32 = a00;
    FloatVector a33 = a00;
    int x1 = xAt + cols;
    int x2 = x1 + cols;
    int x3 = x2 + cols;
    int bound = FLOATS.loopBound(cols);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v0 = FloatVector.fromArray(FLOATS, x, xAt + i);
      FloatVector v1 = FloatVector.fromArray(FLOATS, x, x1 + i);
      FloatVector v2 = FloatVector.fromArray(FLOATS, x, x2 + i);
      FloatVector v3 = FloatVector.fromArray(FLOATS, x, x3 + i);
      FloatVector w = FloatVector.fromArray(FLOATS, panel, i);
      a00 = w.fma(v0, a00);
      a01 = w.fma(v1, a01);
      a02 = w.fma(v2, a02);
      a03 = w.fma(v3, a03);
      w = FloatVector.fromArray(FLOATS, panel, cols + i);
      a10 = w.fma(v0, a10);
      a11 = w.fma(v1, a11);
      a12 = w.fma(v2, a12);
      a13 = w.fma(v3, a13);
      w = FloatVector.fromArray(FLOATS, panel, 2 * cols + i);
      a20 = w.fma(v0, a20);
      a21 = w.fma(v1, a21);
      a22 = w.fma(v2, a22);
      a23 = w.fma(v3, a23);
      w = FloatVector.fromArray(FLOATS, panel, 3 * cols + i);
      a30 = w.fma(v0, a30);
      a31 = w.fma(v1, a31);
      a32 = w.fma(v2, a32);
      a33 = w.fma(v3, a33);
    }
    a00.intoArray(lanes, 0 * LANES);
    a10.intoArray(lanes, 1 * LANES);
    a20.intoArray(lanes, 2 * LANES);
    a30.intoArray(lanes, 3 * LANES);
    a01.intoArray(lanes, 4 * LANES);
    a11.intoArray(lanes, 5 * LANES);
    a21.intoArray(lanes, 6 * LANES);
    a31.intoArray(lanes, 7 * LANES);
    a02.intoArray(lanes, 8 * LANES);
    a12.intoArray(lanes, 9 * LANES);
    a22.intoArray(lanes, 10 * LANES);
    a32.intoArray(lanes, 11 * LANES);
    a03.intoArray(lanes, 12 * LANES);
    a13.intoArray(lanes, 13 * LANES);
    a23.intoArray(lanes, 14 * LANES);
    a33.intoArray(lanes, 15 * LANES);
    for (int b = 0; b < BATCH; b++) {
      sums(lanes, b * ROWS, panel, cols, x, xAt + b * cols, y, yAt + b * yStride);
    }
  }

  /**
   * {@link #ROWS} rows with one vector.
   *
   * @param panel (ROWS, cols)
   * @param x (cols) from {@code xAt}
   * @param y the results, from {@code yAt}
   * @param lanes scratch of {@link #SCRATCH} elements
   */
  static void narrow(
      float[] panel, int cols, float[] x, int xAt, float[] y, int yAt, float[] lanes) {
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    int bound = FLOATS.loopBound(cols);
    for (int i = 0; i < bound; i += LANES) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + i);
      a0 = FloatVector.fromArray(FLOATS, panel, i).fma(v, a0);
      a1 = FloatVector.fromArray(FLOATS, panel, cols + i).fma(v, a1);
      a2 = FloatVector.fromArray(FLOATS, panel, 2 * cols + i).fma(v, a2);
      a3 = FloatVector.fromArray(FLOATS, panel, 3 * cols + i).fma(v, a3);
    }
    a0.intoArray(lanes, 0);
    a1.intoArray(lanes, LANES);
    a2.intoArray(lanes, 2 * LANES);
    a3.intoArray(lanes, 3 * LANES);
    sums(lanes, 0, panel, cols, x, xAt, y, yAt);
  }

  /**
   * Fewer than {@link #ROWS} rows with one vector.
   *
   * @param panel (rows, cols)
   * @param x (cols) from {@code xAt}
   * @param y the results, from {@code yAt}
   */
  static void single(
      float[] panel, int rows, int cols, float[] x, int xAt, float[] y, int yAt) {
    int bound = FLOATS.loopBound(cols);
    for (int row = 0; row < rows; row++) {
      FloatVector a = FloatVector.zero(FLOATS);
      for (int i = 0; i < bound; i += LANES) {
        FloatVector w = FloatVector.fromArray(FLOATS, panel, row * cols + i);
        a = w.fma(FloatVector.fromArray(FLOATS, x, xAt + i), a);
      }
      y[yAt + row] = Lanes.sum(a) + tail(panel, row * cols, cols, x, xAt);
    }
  }

  /**
   * Ends the products of {@link #ROWS} rows with one vector.
   *
   * @param first accumulator in {@code lanes}
   */
  private static void sums(
      float[] lanes, int first, float[] panel, int cols, float[] x, int xAt, float[] y, int yAt) {
    for (int row = 0; row < ROWS; row++) {
      FloatVector a = FloatVector.fromArray(FLOATS, lanes, (first + row) * LANES);
      y[yAt + row] = Lanes.sum(a) + tail(panel, row * cols, cols, x, xAt);
    }
  }

  /** The columns behind the last whole vector. */
  private static float tail(float[] panel, int at, int cols, float[] x, int xAt) {
    float sum = 0;
    for (int i = FLOATS.loopBound(cols); i < cols; i++) {
      sum += panel[at + i] * x[xAt + i];
    }
    return sum;
  }
}
