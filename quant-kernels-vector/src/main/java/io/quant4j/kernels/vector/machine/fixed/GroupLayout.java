package io.quant4j.kernels.vector.machine.fixed;

/**
 * One group of columns of several rows (or vectors) in memory: for each 32 columns 64 bytes of
 * every row, then the scales of all rows. So a tile reads its operands as one stream.
 *
 * @param rows rows side by side
 * @param levels the largest integer
 * @param scaleCopies how often each scale stands there
 */
record GroupLayout(int rows, int levels, int scaleCopies) {
  /** Bytes of a vector register. */
  static final int VECTOR_BYTES = 64;

  /** Columns in a vector register. */
  static final int VECTOR_COLUMNS = 32;

  /** Vector registers of a row of a group. */
  static final int STEPS = FixedPoint.GROUP / VECTOR_COLUMNS;

  /** Rows of weights. */
  static final GroupLayout WEIGHTS = new GroupLayout(2, FixedPoint.WEIGHT_LEVELS, 1);

  /** Vectors; each scale stands there once for every row of a tile. */
  static final GroupLayout VECTORS = new GroupLayout(6, FixedPoint.VECTOR_LEVELS, WEIGHTS.rows);

  /** Bytes of the integers. */
  int scalesAt() {
    return STEPS * rows * VECTOR_BYTES;
  }

  /** Bytes of all. */
  int bytes() {
    int scales = rows * scaleBytes();
    return scalesAt() + (scales + VECTOR_BYTES - 1) / VECTOR_BYTES * VECTOR_BYTES;
  }

  /** Bytes of the scale of one row. */
  int scaleBytes() {
    return scaleCopies * Float.BYTES;
  }

  /** Tiles that so many rows make. */
  int tiles(int count) {
    return (count + rows - 1) / rows;
  }
}
