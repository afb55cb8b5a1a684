package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.MatMulKernel;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/** A stored matrix, vectors to multiply it with, and what must come out. */
final class MatMulTrial {
  private static final int STRIDE_GAP = 3;

  final BlockFormat format;
  final int rows;
  final int cols;
  final int batch;
  final byte[] weights;
  final float[] x;
  private final float[] decoded;
  private final float[] largest;

  /**
   * A trial.
   *
   * @param values the matrix before encoding, (rows, cols)
   * @param x (batch, cols)
   */
  MatMulTrial(BlockFormat format, int cols, float[] values, float[] x) {
    this(format, cols, StoredRows.encode(format, values, false), values.length, x);
  }

  /**
   * A trial of given bytes.
   *
   * @param weights the stored matrix
   * @param elements of the matrix
   */
  MatMulTrial(BlockFormat format, int cols, byte[] weights, int elements, float[] x) {
    this.format = format;
    this.rows = elements / cols;
    this.cols = cols;
    this.batch = x.length / cols;
    this.weights = weights;
    this.x = x;
    this.decoded = StoredRows.decode(format, weights, elements);
    this.largest = largestOfBlocks(decoded, format.blockElements());
  }

  private static float[] largestOfBlocks(float[] values, int size) {
    float[] largest = new float[values.length / size];
    for (int i = 0; i < values.length; i++) {
      largest[i / size] = Math.max(largest[i / size], Math.abs(values[i]));
    }
    return largest;
  }

  /** The decoded weights of a row. */
  float[] row(int r) {
    return Arrays.copyOfRange(decoded, r * cols, (r + 1) * cols);
  }

  /** All products, (batch, rows). */
  float[] products(MatMulKernel kernel) {
    return products(kernel, MemorySegment.ofArray(weights), 0, batch, 0, rows);
  }

  /**
   * Products of vectors {@code first .. first + count} with rows {@code begin .. end}, from and to
   * odd places.
   *
   * @return (count, end - begin)
   */
  float[] products(
      MatMulKernel kernel, MemorySegment memory, int first, int count, int begin, int end) {
    GuardedFloats vectors =
        GuardedFloats.of(Arrays.copyOfRange(x, first * cols, (first + count) * cols));
    int stride = rows + STRIDE_GAP;
    GuardedFloats y = GuardedFloats.blank(count * stride);
    kernel.multiply(
        memory,
        cols,
        vectors.array,
        GuardedFloats.OFFSET,
        count,
        y.array,
        GuardedFloats.OFFSET,
        stride,
        begin,
        end);
    float[] written = y.checkedValues();
    float[] products = new float[count * (end - begin)];
    for (int i = 0; i < written.length; i++) {
      int r = i % stride;
      if (r >= begin && r < end) {
        products[i / stride * (end - begin) + r - begin] = written[i];
      } else {
        assertThat(y.isGuard(i)).as("vector %d, row %d is left alone", i / stride, r).isTrue();
      }
    }
    return products;
  }

  /** Part of what {@link #products(MatMulKernel)} gave. */
  float[] part(float[] products, int first, int count, int begin, int end) {
    float[] part = new float[count * (end - begin)];
    for (int b = 0; b < count; b++) {
      System.arraycopy(products, (first + b) * rows + begin, part, b * (end - begin), end - begin);
    }
    return part;
  }

  /** Holds all products against sums in double precision. */
  void check(MatMulKernel kernel) {
    check(kernel, (b, r) -> 0);
  }

  /** The same for a kernel that may round vectors first. */
  void check(MatMulKernel kernel, Optional<VectorRounding> rounding) {
    check(
        kernel,
        (b, r) -> rounding.map(by -> by.error(x, b * cols, decoded, r * cols, cols)).orElse(0.0));
  }

  /** The same for a kernel that rounds to fixed point. */
  void checkFixedPoint(MatMulKernel kernel) {
    check(kernel, this::fixedPoint);
  }

  /** What a kernel may add to the error of a sum in floats. */
  @FunctionalInterface
  private interface Allowance {
    double of(int vector, int row);
  }

  private void check(MatMulKernel kernel, Allowance allowance) {
    float[] products = products(kernel);
    for (int b = 0; b < batch; b++) {
      for (int r = 0; r < rows; r++) {
        checkProduct(products[b * rows + r], b, r, allowance.of(b, r));
      }
    }
  }

  private double fixedPoint(int b, int r) {
    double sum = 0;
    for (int begin = 0; begin < cols; begin += KernelBudget.FIXED_GROUP) {
      double largestWeight = 0;
      double sumOfWeights = 0;
      double largestElement = 0;
      double sumOfElements = 0;
      for (int i = begin; i < Math.min(cols, begin + KernelBudget.FIXED_GROUP); i++) {
        double weight = Math.abs(decoded[r * cols + i]);
        double element = Math.abs(x[b * cols + i]);
        largestWeight = Math.max(largestWeight, weight);
        sumOfWeights += weight;
        largestElement = Math.max(largestElement, element);
        sumOfElements += element;
      }
      sum += KernelBudget.fixedPoint(largestWeight, sumOfWeights, largestElement, sumOfElements);
    }
    return sum;
  }

  /** The error of all products together, relative to their size. */
  double relativeError(MatMulKernel kernel) {
    float[] products = products(kernel);
    double errors = 0;
    double squares = 0;
    for (int b = 0; b < batch; b++) {
      for (int r = 0; r < rows; r++) {
        double sum = 0;
        for (int i = 0; i < cols; i++) {
          sum += (double) decoded[r * cols + i] * x[b * cols + i];
        }
        double error = products[b * rows + r] - sum;
        errors += error * error;
        squares += sum * sum;
      }
    }
    return Math.sqrt(errors / squares);
  }

  /**
   * The magnitude of a term is that of the block's largest weight, twice: a kernel may multiply
   * codes and take their offset or minimum off the sum.
   */
  private void checkProduct(float product, int b, int r, double allowance) {
    double sum = 0;
    double magnitude = 0;
    int nonZero = 0;
    for (int i = 0; i < cols; i++) {
      int w = r * cols + i;
      double factor = x[b * cols + i];
      sum += decoded[w] * factor;
      magnitude += 2 * largest[w / format.blockElements()] * Math.abs(factor);
      nonZero += factor == 0 ? 0 : 1;
    }
    double limit = KernelBudget.sum(nonZero) * magnitude + KernelBudget.underflow(cols) + allowance;
    assertThat(Math.abs(product - sum))
        .as(
            "%s, %d cols, vector %d, row %d: %s, not %s",
            format.id().name(), cols, b, r, product, sum)
        .isLessThanOrEqualTo(limit);
  }

  /** Row 3 with a weight that is not finite must spoil its own products and no others. */
  void checkNonFiniteWeights(MatMulKernel kernel) {
    float[] expected = products(kernel);
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] row = GuardedFloats.gaussian(4, cols, 3);
      row[cols / 2] = bad;
      byte[] spoilt = weights.clone();
      byte[] stored = StoredRows.encodeIfPossible(format, row);
      System.arraycopy(stored, 0, spoilt, 3 * spoilt.length / rows, stored.length);
      MatMulTrial trial = new MatMulTrial(format, cols, spoilt, rows * cols, x);
      if (!Float.isFinite(RowOperations.sum(trial.row(3)))) {
        float[] products = trial.products(kernel);
        for (int i = 0; i < products.length; i++) {
          RowOperations.checkSpoilt(products[i], expected[i], i % rows == 3);
        }
      }
    }
  }
}
