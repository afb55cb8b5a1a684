package io.quant4j.kernels.vector.codebook;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static io.quant4j.kernels.vector.lanes.Lanes.INTS;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import io.quant4j.core.format.Codebook;
import io.quant4j.core.format.CodebookRule;
import io.quant4j.core.format.CodebookRule.Second;
import io.quant4j.core.format.CodebookRule.Start;
import io.quant4j.core.format.GroupSearch;
import io.quant4j.core.format.PositiveScaleSearch;
import io.quant4j.core.format.Rounding;
import io.quant4j.kernels.vector.lanes.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The search of {@link io.quant4j.core.format.CodebookSearch} with one candidate scale per lane.
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
final class CodebookLanes implements GroupSearch {
  private static final float SHIFT = 0x1.8p23f;
  private static final int LOW_BITS = 0x7fffff;
  private static final int SHIFT_BITS = 0x400000;

  private final CodebookRule rule;
  private final NeighbourLists lists;
  private final Codebook codebook;
  private final int components;
  private final int highest;
  private final float[] values;
  private final PositiveScaleSearch startSearch;
  private final byte[] startCodes;
  private final float[] errorWeights;
  private final int[] points;
  private final boolean[] inCodebook;

  /** Candidate scales; those of all arrays below are padded to whole vectors. */
  private final int trials;

  private final int padded;
  private final float[] multiples;
  private final float[] inverses;
  private final float[] scales;
  private final int[] numbers;
  private final int[] trialPoints;
  private final int[] trialLevels;
  private final float[] sumsX;
  private final float[] sumsSquares;

  private float scale;
  private float sumX;
  private float sumSquares;

  CodebookLanes(CodebookRule rule, NeighbourLists lists) {
    this.rule = rule;
    this.lists = lists;
    this.codebook = rule.neighbours().codebook();
    this.components = codebook.components();
    this.highest = codebook.levels() - 1;
    this.values = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      values[i] = 2 * (i % 4) + 1;
    }
    this.startSearch = new PositiveScaleSearch(codebook.levels() + 1);
    this.startCodes = new byte[rule.groupElements()];
    this.errorWeights = new float[rule.groupElements()];
    this.points = new int[rule.groupElements() / components];
    this.inCodebook = new boolean[points.length];
    this.trials = 2 * rule.steps() + 1;
    this.padded = (trials + COUNT - 1) / COUNT * COUNT;
    this.multiples = new float[padded];
    for (int t = 0; t < padded; t++) {
      int step = Math.min(t - rule.steps(), rule.steps());
      multiples[t] = rule.highestOdd() + step * rule.step();
    }
    this.inverses = new float[padded];
    this.scales = new float[padded];
    this.numbers = new int[padded];
    this.trialPoints = new int[points.length * padded];
    this.trialLevels = new int[points.length * padded];
    this.sumsX = new float[padded];
    this.sumsSquares = new float[padded];
  }

  @Override
  public int[] points() {
    return points;
  }

  @Override
  public float scale() {
    return scale;
  }

  @Override
  public boolean fit(float[] x, float[] weights) {
    Arrays.fill(points, 0);
    float largest = 0;
    for (float value : x) {
      largest = Math.max(largest, value);
    }
    scale = 0;
    if (largest < rule.negligible()) {
      return false;
    }
    scale = largest / rule.highestOdd();
    if (rule.start() == Start.SEARCH) {
      scale = startSearch.fit(x, weights, startCodes);
      largest = scale * codebook.levels();
      if (scale <= 0) {
        scale = 0;
        return false;
      }
    }
    for (int i = 0; i < x.length; i++) {
      errorWeights[i] = (float) Math.sqrt(weights[i]);
    }
    tryScales(x, weights, largest);
    takeBest();
    if (scale > 0 && takeOnceMore(x)) {
      sum(x, weights);
      scale = sumSquares > 0 ? sumX / sumSquares : scale;
    }
    return true;
  }

  /** Finds points and sums of all candidate scales. */
  private void tryScales(float[] x, float[] weights, float largest) {
    for (int t = 0; t < padded; t += COUNT) {
      FloatVector inverse = Lanes.floats(multiples, t).div(largest);
      inverse.intoArray(inverses, t);
      FloatVector.broadcast(FLOATS, 1).div(inverse).intoArray(scales, t);
    }
    for (int k = 0; k < points.length; k++) {
      number(x, k * components);
      for (int t = 0; t < trials; t++) {
        int point = codebook.indexOf(numbers[t]);
        point = point >= 0 ? point : ~neighbour(numbers[t], x, k * components, scales[t]);
        trialPoints[k * padded + t] = point;
        trialLevels[k * padded + t] = lists.levelsOfPoint[point >= 0 ? point : ~point];
      }
    }
    for (int t = 0; t < padded; t += COUNT) {
      sumLanes(x, weights, t);
    }
  }

  /** Numbers of the vectors to which the candidates round the components from {@code from}. */
  private void number(float[] x, int from) {
    int levels = highest + 1;
    for (int t = 0; t < padded; t += COUNT) {
      FloatVector inverse = Lanes.floats(inverses, t);
      IntVector number = IntVector.zero(INTS);
      for (int i = from + components - 1; i >= from; i--) {
        FloatVector half = inverse.mul(x[i]).sub(1f).mul(0.5f);
        IntVector nearest = half.add(SHIFT).reinterpretAsInts().and(LOW_BITS).sub(SHIFT_BITS);
        number = number.mul(levels).add(nearest.max(0).min(highest));
      }
      number.intoArray(numbers, t);
    }
  }

  private void sumLanes(float[] x, float[] weights, int t) {
    int bits = lists.bits;
    int mask = (2 << bits) - 2;
    FloatVector trialX = FloatVector.zero(FLOATS);
    FloatVector trialSquares = FloatVector.zero(FLOATS);
    for (int k = 0; k < points.length; k++) {
      IntVector levels = IntVector.fromArray(INTS, trialLevels, k * padded + t).lanewise(LSHL, 1);
      for (int i = k * components; i < (k + 1) * components; i++) {
        FloatVector odd = (FloatVector) levels.and(mask).or(1).convert(I2F, 0);
        levels = levels.lanewise(LSHR, bits);
        trialX = trialX.add(odd.mul(weights[i] * x[i]));
        trialSquares = trialSquares.add(odd.mul(weights[i]).mul(odd));
      }
    }
    trialX.intoArray(sumsX, t);
    trialSquares.intoArray(sumsSquares, t);
  }

  /** Takes points and scale of the best candidate; the scale stays as it is if none is good. */
  private void takeBest() {
    Arrays.fill(inCodebook, rule.second() == Second.OTHERS);
    int chosen = -1;
    float best = 0;
    for (int t = 0; t < trials; t++) {
      if (sumsSquares[t] > 0 && sumsX[t] * sumsX[t] > best * sumsSquares[t]) {
        scale = sumsX[t] / sumsSquares[t];
        best = scale * sumsX[t];
        chosen = t;
      }
    }
    if (best == 0 && !Float.isFinite(sumsX[trials - 1] + sumsSquares[trials - 1])) {
      scale = Float.NaN;
    }
    for (int k = 0; chosen >= 0 && k < points.length; k++) {
      int point = trialPoints[k * padded + chosen];
      inCodebook[k] = point >= 0;
      points[k] = point >= 0 ? point : ~point;
    }
  }

  /** Rounds vectors with the best scale; returns whether there were any to round. */
  private boolean takeOnceMore(float[] x) {
    boolean others = false;
    for (boolean in : inCodebook) {
      others |= !in;
    }
    boolean all = rule.second() == Second.ALL || (rule.second() == Second.ALL_IF_OTHERS && others);
    for (int k = 0; k < points.length; k++) {
      if (all || !inCodebook[k]) {
        int number = 0;
        for (int i = (k + 1) * components - 1; i >= k * components; i--) {
          number = number * (highest + 1) + Rounding.oddCode(1 / scale * x[i], highest);
        }
        int point = codebook.indexOf(number);
        points[k] = point >= 0 ? point : neighbour(number, x, k * components, scale);
      }
    }
    return all || others;
  }

  private int neighbour(int candidate, float[] x, int from, float trialScale) {
    int start = lists.start(candidate);
    int end = lists.end(candidate);
    int place =
        components == 8
            ? BestNeighbour.ofEight(
                lists.levels, start, end, values, trialScale, x, from, errorWeights, from)
            : BestNeighbour.ofFour(lists.levels, start, end, trialScale, x, from, errorWeights);
    return lists.point(place);
  }

  private void sum(float[] x, float[] weights) {
    sumX = 0;
    sumSquares = 0;
    int mask = (2 << lists.bits) - 2;
    for (int k = 0; k < points.length; k++) {
      int levels = lists.levelsOfPoint[points[k]] << 1;
      for (int i = k * components; i < (k + 1) * components; i++) {
        float odd = levels & mask | 1;
        levels >>>= lists.bits;
        sumX += weights[i] * x[i] * odd;
        sumSquares += weights[i] * odd * odd;
      }
    }
  }
}
