package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.AttentionShape;
import java.util.Arrays;

/**
 * Queries, keys and values, and what attention must make of them.
 *
 * @param query (batch, heads * headDim)
 * @param keys (context, kvHeads * headDim); context is all that may be attended to
 * @param values as {@code keys}
 */
record AttentionTrial(
    AttentionShape shape,
    int firstPosition,
    int batch,
    float[] query,
    float[] keys,
    float[] values) {

  /** A trial with normally distributed numbers. */
  static AttentionTrial random(AttentionShape shape, int firstPosition, int batch) {
    int context = firstPosition + batch;
    return new AttentionTrial(
        shape,
        firstPosition,
        batch,
        GuardedFloats.gaussian(11, batch * shape.queryDim(), 1),
        GuardedFloats.gaussian(12, context * shape.kvDim(), 1),
        GuardedFloats.gaussian(13, context * shape.kvDim(), 1));
  }

  /**
   * Holds a kernel against the formula: groups of several sizes, one position and many, windows.
   */
  static void checkAll(AttentionKernel kernel, int headDim) {
    float scale = (float) (1 / Math.sqrt(headDim));
    for (int group : new int[] {1, 2, 4, 8}) {
      AttentionShape shape = new AttentionShape(2 * group, 2, headDim, scale);
      random(shape, 0, 1).check(kernel);
      random(shape, 1, 1).check(kernel);
      random(shape, 0, 5).check(kernel);
      random(shape, 37, 3).check(kernel);
      random(shape, 200, 1).check(kernel);
    }
    // Nearly all weight on one position, and the same weight on each.
    random(new AttentionShape(3, 3, headDim, 20), 70, 2).check(kernel);
    random(new AttentionShape(3, 3, headDim, 0), 70, 2).check(kernel);
    for (int window : new int[] {1, 5, 64, 80, 300}) {
      random(new AttentionShape(4, 2, headDim, scale, window, 0), 130, 3).check(kernel);
      random(new AttentionShape(3, 3, headDim, scale, window, 0), 61, 7).check(kernel);
    }
  }

  /** Holds a kernel against the formula with soft caps that bite and one that hardly does. */
  static void checkCapped(AttentionKernel kernel, int headDim) {
    float scale = (float) (1 / Math.sqrt(headDim));
    for (float cap : new float[] {0.5f, 3, 50}) {
      random(new AttentionShape(4, 2, headDim, scale, 0, cap), 0, 1).check(kernel);
      random(new AttentionShape(4, 2, headDim, scale, 0, cap), 37, 3).check(kernel);
      random(new AttentionShape(3, 3, headDim, 2, 0, cap), 70, 2).check(kernel);
    }
  }

  /**
   * NaN in a query spoils its head, in a key or value all that attend to that position; no other
   * output changes.
   */
  static void checkNonFinite(AttentionKernel kernel) {
    AttentionShape shape = new AttentionShape(4, 2, 8, 0.3f);
    AttentionTrial good = random(shape, 18, 3);
    float[] before = good.attend(kernel);
    int row = 1;

    AttentionTrial query = random(shape, 18, 3);
    query.query[row * shape.queryDim() + 2 * shape.headDim() + 5] = Float.NaN;
    query.checkSpoilt(kernel, before, (r, head, element) -> r == row && head == 2);

    AttentionTrial key = random(shape, 18, 3);
    int place = (18 + row) * shape.kvDim() + shape.headDim() + 5;
    key.keys[place] = Float.NaN;
    key.checkSpoilt(kernel, before, (r, head, element) -> r >= row && head >= 2);

    AttentionTrial value = random(shape, 18, 3);
    value.values[place] = Float.POSITIVE_INFINITY;
    value.checkSpoilt(kernel, before, (r, head, element) -> r >= row && head >= 2 && element == 5);
  }

  @FunctionalInterface
  private interface OutputFilter {
    boolean test(int row, int head, int element);
  }

  private void checkSpoilt(AttentionKernel kernel, float[] before, OutputFilter spoilt) {
    float[] after = attend(kernel);
    for (int i = 0; i < after.length; i++) {
      int head = i % shape.queryDim() / shape.headDim();
      boolean expected = spoilt.test(i / shape.queryDim(), head, i % shape.headDim());
      RowOperations.checkSpoilt(after[i], before[i], expected);
    }
  }

  /**
   * Output (batch, heads * headDim), in several calls.
   *
   * @param bounds first row of each call, and the last call's end
   */
  float[] attend(AttentionKernel kernel, int... bounds) {
    float[] out = new float[query.length];
    for (int call = 0; call + 1 < bounds.length; call++) {
      for (int kvHead = 0; kvHead < shape.kvHeads(); kvHead++) {
        attend(kernel, kvHead, bounds[call], bounds[call + 1], out);
      }
    }
    return out;
  }

  private void attend(AttentionKernel kernel, int kvHead, int from, int to, float[] out) {
    int group = shape.groupSize();
    int queries = (to - from) * group;
    int headDim = shape.headDim();
    GuardedFloats q = GuardedFloats.of(query);
    float[] largest = new float[queries];
    Arrays.fill(largest, Float.NEGATIVE_INFINITY);
    float[] weights = new float[queries];
    float[] sums = new float[queries * headDim];
    int at = GuardedFloats.OFFSET + from * shape.queryDim() + kvHead * group * headDim;
    for (int tile = 0; tile < firstPosition + batch; tile += AttentionKernel.TILE) {
      kernel.take(
          shape,
          q.array,
          at,
          to - from,
          tile(keys, kvHead, tile, 1, AttentionKernel.TILE),
          tile(values, kvHead, tile, headDim, 1),
          firstPosition + from + 1 - tile,
          largest,
          weights,
          sums,
          new float[AttentionKernel.SCRATCH]);
    }
    assertThat(q.checkedValues()).as("queries are left alone").isEqualTo(query);
    for (int j = 0; j < queries; j++) {
      int target = (from + j / group) * shape.queryDim() + (kvHead * group + j % group) * headDim;
      for (int i = 0; i < headDim; i++) {
        out[target + i] = sums[j * headDim + i] / weights[j];
      }
    }
  }

  /** A tile with NaN where there is no position. */
  private float[] tile(float[] rows, int kvHead, int first, int positionStride, int elementStride) {
    float[] tile = new float[AttentionKernel.TILE * shape.headDim()];
    Arrays.fill(tile, Float.NaN);
    for (int t = 0; t < AttentionKernel.TILE && first + t < firstPosition + batch; t++) {
      for (int i = 0; i < shape.headDim(); i++) {
        tile[t * positionStride + i * elementStride] =
            rows[(first + t) * shape.kvDim() + kvHead * shape.headDim() + i];
      }
    }
    return tile;
  }

  /** Output, in one call. */
  float[] attend(AttentionKernel kernel) {
    return attend(kernel, 0, batch);
  }

  /** Holds the output against attention in double precision. */
  void check(AttentionKernel kernel) {
    float[] out = attend(kernel);
    for (int row = 0; row < batch; row++) {
      for (int head = 0; head < shape.heads(); head++) {
        checkHead(out, row, head);
      }
    }
  }

  private void checkHead(float[] out, int row, int head) {
    int positions = firstPosition + row + 1;
    int first = shape.window() == 0 ? 0 : Math.max(0, positions - shape.window());
    int at = row * shape.queryDim() + head * shape.headDim();
    int kvAt = head / shape.groupSize() * shape.headDim();
    Weights weights = weights(at, kvAt, first, positions);
    for (int i = 0; i < shape.headDim(); i++) {
      double sum = 0;
      double magnitude = 0;
      for (int t = first; t < positions; t++) {
        double value = values[t * shape.kvDim() + kvAt + i];
        sum += weights.weight[t] * value;
        magnitude += (weights.weight[t] + KernelBudget.FLUSHED) * Math.abs(value);
      }
      assertThat(Math.abs(out[at + i] - sum))
          .as(
              "%s, position %d, head %d, element %d: %s, not %s",
              shape, positions - 1, head, i, out[at + i], sum)
          .isLessThanOrEqualTo(weights.error * magnitude + KernelBudget.underflow(positions));
    }
  }

  /**
   * The softmax of the scores.
   *
   * @param error relative error of a value's share: twice that of the scores, which stand in both
   *     sides of the fraction, that of both exponentials, and that of two sums over the positions
   */
  private record Weights(double[] weight, double error) {}

  private Weights weights(int at, int kvAt, int first, int positions) {
    double[] weight = new double[positions];
    double max = Double.NEGATIVE_INFINITY;
    double largestError = 0;
    for (int t = first; t < positions; t++) {
      double magnitude = 0;
      for (int i = 0; i < shape.headDim(); i++) {
        double product = (double) query[at + i] * keys[t * shape.kvDim() + kvAt + i];
        weight[t] += shape.scale() * product;
        magnitude += shape.scale() * Math.abs(product);
      }
      if (shape.softCap() > 0) {
        // The slope of the bend is at most 1, so that it makes no error larger but its own.
        weight[t] = shape.softCap() * Math.tanh(weight[t] / shape.softCap());
        magnitude += shape.softCap();
      }
      max = Math.max(max, weight[t]);
      largestError = Math.max(largestError, KernelBudget.sum(shape.headDim()) * magnitude);
    }
    double sum = 0;
    for (int t = first; t < positions; t++) {
      weight[t] = Math.exp(weight[t] - max);
      sum += weight[t];
    }
    for (int t = first; t < positions; t++) {
      weight[t] /= sum;
    }
    double error =
        2 * Math.expm1(largestError)
            + 2 * KernelBudget.EXPONENTIAL
            + 2 * KernelBudget.sum(positions);
    return new Weights(weight, error);
  }
}
