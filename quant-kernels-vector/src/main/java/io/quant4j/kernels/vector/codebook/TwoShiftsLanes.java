package io.quant4j.kernels.vector.codebook;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static io.quant4j.kernels.vector.lanes.Lanes.INTS;
import static jdk.incubator.vector.VectorOperators.GT;

import io.quant4j.core.format.BestSplit;
import io.quant4j.core.format.TernarySearch;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * The split of {@code io.quant4j.core.format.TwoShiftsSplit} with one place of the second boundary
 * per lane. Splits are taken in the same order: where a lane beats the best so far, the vector is
 * gone through once more lane by lane.
 */
final class TwoShiftsLanes extends BestSplit {
  private static final int ELEMENTS = 16;
  private static final int LEVELS = 3;
  private static final IntVector PLACES = IntVector.zero(INTS).addIndex(1);

  /** Ways to shift, in the order in which they are tried: bit k lowers vector k. */
  private static final int[] SHIFTS = {0b00, 0b10, 0b01, 0b11};

  private static final int WAYS = SHIFTS.length;

  /** Contributions of each element in order, at each level: to the way's Sx, then to its Sq. */
  private final float[] terms = new float[ELEMENTS * LEVELS * 2 * WAYS];

  /** Sums of the elements before the first boundary. */
  private final float[] minus = new float[2 * WAYS];

  private final float[] sums = new float[2 * WAYS * COUNT];

  @Override
  public boolean find(float[] x, int from, float[] weights, int weightsFrom, int[] order) {
    for (int j = 0; j < ELEMENTS; j++) {
      int vector = order[j] / TernarySearch.VECTOR;
      putTerms(j, vector, x[from + order[j]], weights[weightsFrom + order[j]]);
    }
    start();
    Arrays.fill(minus, 0);
    for (int first = 0; first <= ELEMENTS; first++) {
      for (int i = 0; first > 0 && i < minus.length; i++) {
        minus[i] += terms[(first - 1) * LEVELS * 2 * WAYS + i];
      }
      for (int second = first; second <= ELEMENTS; second += COUNT) {
        if (better(first, second)) {
          takeLanes(first, second);
        }
      }
    }
    return end(sums[0] + sums[WAYS * COUNT]);
  }

  private void putTerms(int j, int vector, float x, float weight) {
    for (int level = 0; level < LEVELS; level++) {
      int at = (j * LEVELS + level) * 2 * WAYS;
      for (int way = 0; way < WAYS; way++) {
        float value = TernarySearch.value(level, SHIFTS[way] >> vector);
        terms[at + way] = weight * value * x;
        terms[at + WAYS + way] = weight * value * value;
      }
    }
  }

  private void takeLanes(int first, int second) {
    for (int lane = 0; lane < COUNT && second + lane <= ELEMENTS; lane++) {
      for (int way = 0; way < WAYS; way++) {
        take(
            first,
            second + lane,
            SHIFTS[way],
            sums[way * COUNT + lane],
            sums[(WAYS + way) * COUNT + lane]);
      }
    }
  }

  /**
   * Whether a lane from {@code second} on may be better than the best so far; stores the sums.
   * Lanes behind the end repeat the last split.
   */
  private boolean better(int first, int second) {
    FloatVector x0 = FloatVector.broadcast(FLOATS, minus[0]);
    FloatVector x1 = FloatVector.broadcast(FLOATS, minus[1]);
    FloatVector x2 = FloatVector.broadcast(FLOATS, minus[2]);
    FloatVector x3 = FloatVector.broadcast(FLOATS, minus[3]);
    FloatVector squares0 = FloatVector.broadcast(FLOATS, minus[4]);
    FloatVector squares1 = FloatVector.broadcast(FLOATS, minus[5]);
    FloatVector squares2 = FloatVector.broadcast(FLOATS, minus[6]);
    FloatVector squares3 = FloatVector.broadcast(FLOATS, minus[7]);
    for (int j = first; j < ELEMENTS; j++) {
      VectorMask<Float> zero = PLACES.compare(GT, j - second).cast(FLOATS);
      int at = (j * LEVELS + 1) * 2 * WAYS;
      x0 = x0.add(term(at, zero));
      x1 = x1.add(term(at + 1, zero));
      x2 = x2.add(term(at + 2, zero));
      x3 = x3.add(term(at + 3, zero));
      squares0 = squares0.add(term(at + 4, zero));
      squares1 = squares1.add(term(at + 5, zero));
      squares2 = squares2.add(term(at + 6, zero));
      squares3 = squares3.add(term(at + 7, zero));
    }
    x0.intoArray(sums, 0);
    x1.intoArray(sums, COUNT);
    x2.intoArray(sums, 2 * COUNT);
    x3.intoArray(sums, 3 * COUNT);
    squares0.intoArray(sums, 4 * COUNT);
    squares1.intoArray(sums, 5 * COUNT);
    squares2.intoArray(sums, 6 * COUNT);
    squares3.intoArray(sums, 7 * COUNT);
    return beats(x0, squares0)
        .or(beats(x1, squares1))
        .or(beats(x2, squares2))
        .or(beats(x3, squares3))
        .anyTrue();
  }

  /** What an element contributes: as 0 in these lanes, as 1 in the others. */
  private FloatVector term(int at, VectorMask<Float> zero) {
    return FloatVector.broadcast(FLOATS, terms[at + 2 * WAYS]).blend(terms[at], zero);
  }

  private VectorMask<Float> beats(FloatVector sumX, FloatVector sumSquares) {
    return sumX.mul(sumX).compare(GT, sumSquares.mul(best)).and(sumSquares.compare(GT, 0));
  }
}
