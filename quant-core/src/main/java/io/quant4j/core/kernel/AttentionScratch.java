package io.quant4j.core.kernel;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.AttentionShape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Memory that attention of one sequence needs while it runs, one piece for every thread, reused
 * from layer to layer. It grows to what the largest layer needs.
 */
final class AttentionScratch {

  /** The online softmax of some queries: largest scores, sums of weights, sums of values. */
  static final class State {
    float[] largest = {};
    float[] weights = {};
    float[] sums = {};

    void reserve(int queries, int headDim) {
      if (largest.length < queries || sums.length < queries * headDim) {
        largest = new float[queries];
        weights = new float[queries];
        sums = new float[queries * headDim];
      }
    }

    /** As before the first tile. */
    void clear(int from, int queries, int headDim) {
      Arrays.fill(largest, from, from + queries, Float.NEGATIVE_INFINITY);
      Arrays.fill(weights, from, from + queries, 0);
      Arrays.fill(sums, from * headDim, (from + queries) * headDim, 0);
    }

    /** Keeps the sums of other queries. */
    void set(State source, int to, int queries, int headDim) {
      System.arraycopy(source.largest, 0, largest, to, queries);
      System.arraycopy(source.weights, 0, weights, to, queries);
      System.arraycopy(source.sums, 0, sums, to * headDim, queries * headDim);
    }

    /**
     * Adds what other positions gave: both sides are scaled to the larger of their largest scores.
     *
     * @param from first query of {@code part}
     * @param to query that it is added to
     */
    void add(State part, int from, int to, int queries, int headDim) {
      for (int j = 0; j < queries; j++) {
        float its = part.largest[from + j];
        float mine = largest[to + j];
        if (part.weights[from + j] != 0) { // else it saw no position
          float most = Math.max(mine, its);
          float kept = (float) Math.exp(mine - most);
          float taken = (float) Math.exp(its - most);
          largest[to + j] = most;
          weights[to + j] = weights[to + j] * kept + part.weights[from + j] * taken;
          int a = (to + j) * headDim;
          int b = (from + j) * headDim;
          for (int i = 0; i < headDim; i++) {
            sums[a + i] = sums[a + i] * kept + part.sums[b + i] * taken;
          }
        }
      }
    }
  }

  /** What one thread needs. */
  static final class OfThread {
    float[] keys = {};
    float[] values = {};
    float[] unordered = {};
    final float[] scores = new float[AttentionKernel.SCRATCH];
    final State block = new State();
    final State total = new State();

    private void reserve(AttentionShape shape, int rows) {
      int tile = AttentionKernel.TILE * shape.headDim();
      if (keys.length < tile) {
        keys = new float[tile];
        values = new float[tile];
        unordered = new float[tile];
      }
      block.reserve(rows * shape.groupSize(), shape.headDim());
      total.reserve(rows * shape.groupSize(), shape.headDim());
    }
  }

  private final @Nullable OfThread[] threads;
  private float[] query = {};

  /** Of blocks of positions that several threads work on. */
  final State blocks = new State();

  AttentionScratch(int threads) {
    this.threads = new OfThread[threads];
  }

  /** What a thread needs for so many rows; only that thread asks. */
  OfThread of(int thread, AttentionShape shape, int rows) {
    OfThread own = threads[thread];
    if (own == null) {
      own = new OfThread();
      threads[thread] = own;
    }
    own.reserve(shape, rows);
    return own;
  }

  /** At least so many elements for rotated queries. */
  float[] query(int elements) {
    if (query.length < elements) {
      query = new float[elements];
    }
    return query;
  }
}
