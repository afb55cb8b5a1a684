package io.quant4j.bench;

import java.util.List;

/**
 * What is measured of a device.
 *
 * @param matrices rows and columns
 * @param batches vectors of a product
 * @param matrixBytes of all matrices of one measurement, beyond any cache
 * @param copiedElements of the copy that others are compared with
 * @param heads query heads of 128 elements
 * @param kvHeads heads of keys and values
 * @param positions that a row attends to
 * @param rows of attention to many, and of norms
 * @param vocabulary logits
 * @param leastNanos how long is measured at least
 */
record DeviceSizes(
    List<Matrix> matrices,
    List<Integer> batches,
    long matrixBytes,
    long copiedElements,
    int heads,
    int kvHeads,
    List<Integer> positions,
    int rows,
    int vocabulary,
    long leastNanos) {

  /** The shape of a matrix. */
  record Matrix(int rows, int cols) {
    @Override
    public String toString() {
      return rows + " x " + cols;
    }
  }

  /** Those of Llama-3.1-8B, for a device. */
  static final DeviceSizes USUAL =
      new DeviceSizes(
          List.of(
              new Matrix(4_096, 4_096),
              new Matrix(14_336, 4_096),
              new Matrix(4_096, 14_336),
              new Matrix(128_256, 4_096)),
          List.of(1, 4, 16, 128, 2_048),
          512L << 20,
          1L << 28,
          32,
          8,
          List.of(512, 4_096, 32_768),
          2_048,
          128_256,
          50_000_000);

  /** So little that an emulation takes seconds. */
  static final DeviceSizes SMALL =
      new DeviceSizes(
          List.of(new Matrix(64, 256)),
          List.of(1, 32),
          1 << 16,
          1 << 14,
          4,
          1,
          List.of(64),
          32,
          2_000,
          1_000_000);
}
