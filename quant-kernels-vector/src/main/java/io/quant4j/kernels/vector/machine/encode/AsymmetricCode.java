package io.quant4j.kernels.vector.machine.encode;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;

import io.quant4j.core.format.AsymmetricSearch.Candidates;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.encode.TrialCode.Kept;

/**
 * The search of {@link io.quant4j.core.format.AsymmetricSearch}, a group in each lane; the second
 * argument is importance.
 *
 * <p>Codes are kept in the cache between the two passes of a candidate. Two sets are interleaved,
 * so that additions need not wait, and the other two follow, so that divisions need not.
 *
 * <p>A group of equal numbers needs no branch: its range is 0, the inverse scale infinite, the
 * scale 0, its error 0 and never undercut.
 */
final class AsymmetricCode extends SearchCode {
  /** Planes of the results. */
  static final int SCALE = 0;

  static final int OFFSET = 1;
  static final int SUM_OF_WEIGHTS = 2;
  static final int CODE_INVERSE = 3;
  static final int CODE_OFFSET = 4;

  /** Before: base of the weights, if they have one. After: largest |x|, NaN counting most. */
  static final int MAGNITUDE = 5;

  static final int PLANES = 6;

  private static final int CODES = 2;

  private static final Simd STRETCHED = Simd.zmm(30);
  private static final int TOGETHER = 2;

  private final Candidates candidates;
  private final int largestCode;
  private final Simd most;
  private final Limits limits;
  private final TrialCode trial;
  private final WeightCode weights;

  private AsymmetricCode(
      int size, int largestCode, Candidates candidates, Weighing weighing, int sets) {
    super(workspace(size, sets), weighing.usesImportance());
    this.candidates = candidates;
    this.largestCode = largestCode;
    most = constants.floats(i -> largestCode);
    limits = new Limits(constants, 0, largestCode);
    trial = new TrialCode(a, space, constants, zero);
    weights = new WeightCode(space, weighing, constants, magnitude);
  }

  private static Workspace workspace(int size, int sets) {
    return new Workspace(size, sets, 3, Kept.values().length);
  }

  /** Elements of a batch. */
  static int batchElements(int size, int sets) {
    return workspace(size, sets).batchElements();
  }

  /**
   * The function's bytes, which run at any address.
   *
   * @param size elements of a group
   * @param sets of 16 groups in a batch, an even number
   */
  static byte[] of(int size, int largestCode, Candidates candidates, Weighing weighing, int sets) {
    return new AsymmetricCode(size, largestCode, candidates, weighing, sets).write();
  }

  @Override
  void batch() {
    for (int set = 0; set < space.sets(); set++) {
      measure(set);
    }
    attempt(true);
    startTable();
    a.mov(R9, candidates.last() + 1);
    Label candidate = a.label();
    a.bind(candidate);
    nextOfTable(STRETCHED);
    attempt(false);
    a.sub(R9, 1);
    a.jump(NOT_EQUAL, candidate);
    storeResults();
  }

  /** The candidates' inverse scales times the range. */
  @Override
  float[] table() {
    float[] stretched = new float[candidates.last() + 1];
    for (int s = 0; s < stretched.length; s++) {
      stretched[s] = candidates.first() + candidates.step() * s + largestCode;
    }
    return stretched;
  }

  private Mem kept(int set, Kept which) {
    return space.kept(set, which.ordinal());
  }

  private void measure(int set) {
    Simd lowest = Simd.zmm(0);
    Simd highest = Simd.zmm(1);
    Simd sum = Simd.zmm(2);
    Simd sumOfX = Simd.zmm(3);
    Simd largest = Simd.zmm(4);
    Simd base = Simd.zmm(5);
    weights.base(a, set, base, result(MAGNITUDE, set));
    for (Simd cleared : new Simd[] {sum, sumOfX, largest}) {
      a.clear(cleared);
    }
    a.vmovups(lowest, Mem.at(RSP, space.distance(X, set)));
    a.vmovups(highest, Mem.at(RSP, space.distance(X, set)));
    space.eachElement(
        a,
        2,
        at -> {
          Simd value = Simd.zmm(6);
          addWeight(set, at, value, base, sum, sumOfX);
          a.vminps(lowest, value, lowest);
          a.vmaxps(highest, value, highest);
          a.vpandd(value, value, magnitude);
          a.vpmaxud(largest, largest, value);
        });
    a.vminps(lowest, zero, lowest);
    a.vmovups(kept(set, Kept.BASE), lowest);
    a.vmovups(kept(set, Kept.HIGHEST), highest);
    a.vmovups(kept(set, Kept.SUM_OF_WEIGHTS), sum);
    a.vmovups(kept(set, Kept.SUM_OF_X), sumOfX);
    a.vmovups(result(MAGNITUDE, set), largest);
  }

  /** Loads an element and weighs it. */
  private void addWeight(int set, int at, Simd value, Simd base, Simd sum, Simd sumOfX) {
    Simd weight = Simd.zmm(7);
    a.vmovups(value, element(X, set, at));
    weights.weight(a, value, base, weight, element(WEIGHTS, set, at));
    a.vmovups(element(WEIGHTS, set, at), weight);
    a.vaddps(sum, sum, weight);
    a.vmulps(weight, weight, value);
    a.vaddps(sumOfX, sumOfX, weight);
  }

  /**
   * Tries an inverse scale: what is in {@link #STRETCHED} over the range.
   *
   * @param first whether it is the start, which is taken whatever its error
   */
  private void attempt(boolean first) {
    for (int set = 0; set < space.sets(); set += TOGETHER) {
      takeCodes(set, first);
    }
    for (int set = 0; set < space.sets(); set++) {
      if (first) {
        trial.invert(set);
      } else {
        trial.solve(set);
      }
    }
    for (int set = 0; set < space.sets(); set += TOGETHER) {
      measureErrors(set);
    }
    for (int set = 0; set < space.sets(); set++) {
      if (first) {
        trial.keep(set);
      } else {
        trial.keepBetter(set);
      }
    }
  }

  /** Takes the nearest codes above the best offset so far and sums them up. */
  private void takeCodes(int set, boolean first) {
    for (int s = 0; s < TOGETHER; s++) {
      Simd base = register(0, s);
      Simd factor = register(2, s);
      a.vmovups(base, kept(set + s, Kept.BASE));
      a.vmovups(factor, kept(set + s, Kept.HIGHEST));
      a.vsubps(factor, factor, base);
      a.vdivps(factor, first ? most : STRETCHED, factor);
      a.vmovups(kept(set + s, Kept.FACTOR), factor);
      for (int sum = 4; sum < 10; sum += TOGETHER) {
        a.clear(register(sum, s));
      }
    }
    space.eachElement(
        a,
        2,
        at -> {
          for (int s = 0; s < TOGETHER; s++) {
            takeCode(set + s, s, at, first);
          }
        });
    for (int s = 0; s < TOGETHER; s++) {
      a.vmovups(kept(set + s, Kept.SUM), register(4, s));
      a.vmovups(kept(set + s, Kept.SQUARES), register(6, s));
      a.vmovups(kept(set + s, Kept.PRODUCTS), register(8, s));
    }
  }

  private void takeCode(int set, int s, int at, boolean first) {
    Simd value = register(10, s);
    Simd code = register(12, s);
    Simd weighted = register(14, s);
    a.vmovups(value, element(X, set, at));
    a.vsubps(code, value, register(0, s));
    a.vmulps(code, register(2, s), code);
    limits.round(a, code);
    a.vmovups(element(CODES, set, at), code);
    if (first) {
      return;
    }
    a.vmulps(weighted, code, element(WEIGHTS, set, at));
    a.vaddps(register(4, s), register(4, s), weighted);
    a.vmulps(code, weighted, code);
    a.vaddps(register(6, s), register(6, s), code);
    a.vmulps(weighted, weighted, value);
    a.vaddps(register(8, s), register(8, s), weighted);
  }

  private void measureErrors(int set) {
    for (int s = 0; s < TOGETHER; s++) {
      a.vmovups(register(0, s), kept(set + s, Kept.TRIAL_SCALE));
      a.vmovups(register(2, s), kept(set + s, Kept.TRIAL_OFFSET));
      a.clear(register(4, s));
    }
    space.eachElement(
        a,
        2,
        at -> {
          for (int s = 0; s < TOGETHER; s++) {
            measureError(set + s, s, at);
          }
        });
    for (int s = 0; s < TOGETHER; s++) {
      a.vmovups(kept(set + s, Kept.ERROR), register(4, s));
    }
  }

  private void measureError(int set, int s, int at) {
    Simd error = register(10, s);
    a.vmulps(error, register(0, s), element(CODES, set, at));
    a.vaddps(error, error, register(2, s));
    a.vsubps(error, error, element(X, set, at));
    if (candidates.magnitudes()) {
      a.vpandd(error, error, magnitude);
    } else {
      a.vmulps(error, error, error);
    }
    a.vmulps(error, error, element(WEIGHTS, set, at));
    a.vaddps(register(4, s), register(4, s), error);
  }

  private static final Kept[] RESULTS = {
    Kept.SCALE, Kept.BASE, Kept.SUM_OF_WEIGHTS, Kept.CODE_INVERSE, Kept.CODE_OFFSET
  };

  /** In the order of the planes. */
  private void storeResults() {
    Simd value = Simd.zmm(0);
    for (int plane = 0; plane < RESULTS.length; plane++) {
      for (int set = 0; set < space.sets(); set++) {
        a.vmovups(value, kept(set, RESULTS[plane]));
        a.vmovups(result(plane, set), value);
      }
    }
  }
}
