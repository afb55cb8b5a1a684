package io.quant4j.api.tensor;

import java.util.Arrays;
import java.util.List;

/**
 * Sizes of a tensor, outermost first (row-major): a linear layer is (out, in), a stack of experts
 * (expert, out, in). The last size is the contiguous one. A scalar has no sizes.
 *
 * @param sizes each at least 0; their product fits in a long
 */
public record Shape(List<Long> sizes) {

  public Shape {
    sizes = List.copyOf(sizes);
    long product = 1;
    for (long size : sizes) {
      if (size < 0) {
        throw new IllegalArgumentException("negative size in " + sizes);
      }
      product = Math.multiplyExact(product, size);
    }
  }

  public static Shape of(long... sizes) {
    return new Shape(Arrays.stream(sizes).boxed().toList());
  }

  /** Number of dimensions. */
  public int rank() {
    return sizes.size();
  }

  /** Product of all sizes; 1 for a scalar. */
  public long elements() {
    long product = 1;
    for (long size : sizes) {
      product *= size;
    }
    return product;
  }

  /** Length of one contiguous row in elements: the last size, or 1 for a scalar. */
  public long cols() {
    return sizes.isEmpty() ? 1 : sizes.getLast();
  }

  /** Number of contiguous rows: the product of all sizes but the last. */
  public long rows() {
    long product = 1;
    for (int i = 0; i < sizes.size() - 1; i++) {
      product *= sizes.get(i);
    }
    return product;
  }

  /** Number of matrices: the product of all sizes but the last two; 1 for a matrix or vector. */
  public long matrices() {
    long product = 1;
    for (int i = 0; i < sizes.size() - 2; i++) {
      product *= sizes.get(i);
    }
    return product;
  }

  @Override
  public String toString() {
    return sizes.toString();
  }
}
