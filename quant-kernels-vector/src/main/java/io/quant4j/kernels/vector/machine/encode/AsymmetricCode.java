package io.quant4j.kernels.vector.machine.encode;

import static io.quant4j.kernels.vector.machine.assembler.Comparison.GREATER;
import static io.quant4j.kernels.vector.machine.assembler.Comparison.LESS;
import static io.quant4j.kernels.vector.machine.assembler.Condition.EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RBX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;

import io.quant4j.core.format.AsymmetricSearch.Candidates;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mask;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Frame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The search of {@link io.quant4j.core.format.AsymmetricSearch}, a group in each lane: {@code void
 * f(row, importance, results, batches, planeBytes, unused)}. Reads whole batches of groups, writes
 * a float a group to each plane of the results.
 *
 * <p>Codes are kept in the cache between the two passes of a candidate. Two sets are interleaved,
 * so that additions need not wait, and the other two follow, so that divisions need not.
 *
 * <p>A group of equal numbers needs no branch: its range is 0, the inverse scale infinite, the
 * scale 0, its error 0 and never undercut.
 */
final class AsymmetricCode {
  /** Planes of the results. */
  static final int SCALE = 0;

  static final int OFFSET = 1;
  static final int SUM_OF_WEIGHTS = 2;
  static final int CODE_INVERSE = 3;
  static final int CODE_OFFSET = 4;

  /** Before: base of the weights, if they have one. After: largest |x|, NaN counting most. */
  static final int MAGNITUDE = 5;

  static final int PLANES = 6;

  private static final int X = 0;
  private static final int WEIGHTS = 1;
  private static final int CODES = 2;

  /** What a set keeps. */
  private enum Kept {
    HIGHEST,
    BASE,
    SUM_OF_WEIGHTS,
    SUM_OF_X,
    FACTOR,
    SUM,
    SQUARES,
    PRODUCTS,
    TRIAL_SCALE,
    TRIAL_OFFSET,
    DETERMINANT,
    ERROR,
    BEST,
    SCALE,
    CODE_INVERSE,
    CODE_OFFSET
  }

  private static final Simd STRETCHED = Simd.zmm(30);
  private static final Mask CHOSEN = new Mask(1);
  private static final int TOGETHER = 2;

  private final Assembler a = new Assembler();
  private final Constants constants = new Constants();
  private final Workspace space;
  private final Candidates candidates;
  private final int largestCode;
  private final boolean importance;
  private final Simd zero = constants.ints(i -> 0);
  private final Simd magnitude = constants.ints(i -> Integer.MAX_VALUE);
  private final Simd most;
  private final Simd ones;
  private final Limits limits;
  private final WeightCode weights;

  private AsymmetricCode(
      int size, int largestCode, Candidates candidates, Weighing weighing, int sets) {
    this.candidates = candidates;
    this.largestCode = largestCode;
    importance = weighing.usesImportance();
    space = workspace(size, sets);
    most = constants.floats(i -> largestCode);
    ones = constants.floats(i -> 1);
    limits = new Limits(constants, 0, largestCode);
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

  private byte[] write() {
    Label data = a.label();
    Label table = a.label();
    Label batch = a.label();
    Label candidate = a.label();
    Frame.enter(a, space.bytes());
    constants.load(a, RAX, data);
    a.bind(batch);
    space.load(a, RDI, X);
    if (importance) {
      space.load(a, RSI, WEIGHTS);
    }
    measure();
    attempt(true);
    a.lea(R11, table);
    a.mov(R9, candidates.last() + 1);
    a.bind(candidate);
    a.vbroadcastss(STRETCHED, Mem.at(R11, 0));
    attempt(false);
    a.add(R11, Float.BYTES);
    a.sub(R9, 1);
    a.jump(NOT_EQUAL, candidate);
    storeResults();
    a.add(RDI, space.batchElements() * Float.BYTES);
    a.add(RSI, space.batchElements() * Float.BYTES);
    a.add(RDX, space.sets() * Workspace.VECTOR);
    a.sub(RCX, 1);
    a.jump(NOT_EQUAL, batch);
    Frame.leave(a);
    constants.write(a, data);
    a.bind(table);
    a.data(table());
    return a.toByteArray();
  }

  /** The candidates' inverse scales times the range. */
  private byte[] table() {
    ByteBuffer floats =
        ByteBuffer.allocate((candidates.last() + 1) * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int s = 0; s <= candidates.last(); s++) {
      floats.putFloat(candidates.first() + candidates.step() * s + largestCode);
    }
    return floats.array();
  }

  private Mem kept(int set, Kept which) {
    return space.kept(set, which.ordinal());
  }

  private Mem element(int array, int set, int at) {
    return Mem.at(Workspace.ELEMENT, space.distance(array, set) + at);
  }

  /** The place of a set in a plane of the results, whose first set rbx points to. */
  private static Mem result(int set) {
    return Mem.at(RBX, set * Workspace.VECTOR);
  }

  private void plane(int plane) {
    a.mov(RBX, RDX);
    for (int i = 0; i < plane; i++) {
      a.add(RBX, R8);
    }
  }

  private void measure() {
    Simd lowest = Simd.zmm(0);
    Simd highest = Simd.zmm(1);
    Simd sum = Simd.zmm(2);
    Simd sumOfX = Simd.zmm(3);
    Simd largest = Simd.zmm(4);
    Simd base = Simd.zmm(5);
    Simd value = Simd.zmm(6);
    Simd weight = Simd.zmm(7);
    plane(MAGNITUDE);
    for (int s = 0; s < space.sets(); s++) {
      int set = s;
      weights.base(a, set, base, result(set));
      for (Simd cleared : new Simd[] {sum, sumOfX, largest}) {
        a.clear(cleared);
      }
      a.vmovups(lowest, Mem.at(RSP, space.distance(X, set)));
      a.vmovups(highest, Mem.at(RSP, space.distance(X, set)));
      space.eachElement(
          a,
          2,
          at -> {
            a.vmovups(value, element(X, set, at));
            weights.weight(a, value, base, weight, element(WEIGHTS, set, at));
            a.vmovups(element(WEIGHTS, set, at), weight);
            a.vminps(lowest, value, lowest);
            a.vmaxps(highest, value, highest);
            a.vaddps(sum, sum, weight);
            a.vmulps(weight, weight, value);
            a.vaddps(sumOfX, sumOfX, weight);
            a.vpandd(value, value, magnitude);
            a.vpmaxud(largest, largest, value);
          });
      a.vminps(lowest, zero, lowest);
      a.vmovups(kept(set, Kept.BASE), lowest);
      a.vmovups(kept(set, Kept.HIGHEST), highest);
      a.vmovups(kept(set, Kept.SUM_OF_WEIGHTS), sum);
      a.vmovups(kept(set, Kept.SUM_OF_X), sumOfX);
      a.vmovups(result(set), largest);
    }
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
        invert(set);
      } else {
        solve(set);
      }
    }
    for (int set = 0; set < space.sets(); set += TOGETHER) {
      measureErrors(set);
    }
    for (int set = 0; set < space.sets(); set++) {
      if (first) {
        keep(set);
      } else {
        keepBetter(set);
      }
    }
  }

  private static Simd register(int first, int which) {
    return Simd.zmm(first + which);
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

  /** The start maps the range onto the codes. */
  private void invert(int set) {
    Simd range = Simd.zmm(0);
    Simd offset = Simd.zmm(1);
    a.vmovups(range, kept(set, Kept.FACTOR));
    a.vdivps(range, ones, range);
    a.vmovups(kept(set, Kept.TRIAL_SCALE), range);
    a.vmovups(offset, kept(set, Kept.BASE));
    a.vmovups(kept(set, Kept.TRIAL_OFFSET), offset);
  }

  /** Solves for scale and offset in weighted least squares. */
  private void solve(int set) {
    Simd squares = Simd.zmm(0);
    Simd products = Simd.zmm(1);
    Simd sum = Simd.zmm(2);
    Simd determinant = Simd.zmm(3);
    Simd scale = Simd.zmm(4);
    Simd offset = Simd.zmm(5);
    Simd other = Simd.zmm(6);
    a.vmovups(squares, kept(set, Kept.SQUARES));
    a.vmovups(products, kept(set, Kept.PRODUCTS));
    a.vmovups(sum, kept(set, Kept.SUM));
    a.vmulps(determinant, squares, kept(set, Kept.SUM_OF_WEIGHTS));
    a.vmulps(other, sum, sum);
    a.vsubps(determinant, determinant, other);
    a.vmulps(scale, products, kept(set, Kept.SUM_OF_WEIGHTS));
    a.vmulps(other, sum, kept(set, Kept.SUM_OF_X));
    a.vsubps(scale, scale, other);
    a.vdivps(scale, scale, determinant);
    a.vmulps(offset, squares, kept(set, Kept.SUM_OF_X));
    a.vmulps(other, sum, products);
    a.vsubps(offset, offset, other);
    a.vdivps(offset, offset, determinant);
    a.vcmpps(CHOSEN, offset, zero, GREATER);
    Label none = a.label();
    a.kortestw(CHOSEN, CHOSEN);
    a.jump(EQUAL, none);
    a.vdivps(products, products, squares);
    a.vmovups(scale, CHOSEN, products);
    a.bind(none);
    a.vminps(offset, zero, offset);
    a.vmovups(kept(set, Kept.TRIAL_SCALE), scale);
    a.vmovups(kept(set, Kept.TRIAL_OFFSET), offset);
    a.vmovups(kept(set, Kept.DETERMINANT), determinant);
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

  private static final Kept[] TRIAL = {
    Kept.ERROR, Kept.FACTOR, Kept.TRIAL_SCALE, Kept.BASE, Kept.TRIAL_OFFSET
  };

  /** The codes' offset takes the base before the trial's offset replaces it. */
  private static final Kept[] BEST = {
    Kept.BEST, Kept.CODE_INVERSE, Kept.SCALE, Kept.CODE_OFFSET, Kept.BASE
  };

  private void keep(int set) {
    Simd value = Simd.zmm(0);
    for (int i = 0; i < TRIAL.length; i++) {
      a.vmovups(value, kept(set, TRIAL[i]));
      a.vmovups(kept(set, BEST[i]), value);
    }
  }

  /** Keeps the trial where it has a solution and a smaller error. */
  private void keepBetter(int set) {
    Simd best = Simd.zmm(0);
    Simd trial = Simd.zmm(1);
    a.vmovups(trial, kept(set, Kept.DETERMINANT));
    a.vcmpps(CHOSEN, trial, zero, GREATER);
    for (int i = 0; i < TRIAL.length; i++) {
      a.vmovups(best, kept(set, BEST[i]));
      a.vmovups(trial, kept(set, TRIAL[i]));
      if (BEST[i] == Kept.BEST) {
        a.vcmpps(CHOSEN, CHOSEN, trial, best, LESS);
      }
      a.vmovups(best, CHOSEN, trial);
      a.vmovups(kept(set, BEST[i]), best);
    }
  }

  private static final Kept[] RESULTS = {
    Kept.SCALE, Kept.BASE, Kept.SUM_OF_WEIGHTS, Kept.CODE_INVERSE, Kept.CODE_OFFSET
  };

  /** In the order of the planes. */
  private void storeResults() {
    Simd value = Simd.zmm(0);
    for (int plane = 0; plane < RESULTS.length; plane++) {
      plane(plane);
      for (int set = 0; set < space.sets(); set++) {
        a.vmovups(value, kept(set, RESULTS[plane]));
        a.vmovups(result(set), value);
      }
    }
  }
}
