package io.quant4j.kernels.vector.machine.encode;

import static io.quant4j.kernels.vector.machine.assembler.Comparison.EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Comparison.GREATER;
import static io.quant4j.kernels.vector.machine.assembler.Comparison.LESS;
import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;

import io.quant4j.core.format.SymmetricSearch;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mask;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import java.util.List;

/**
 * The search of {@link SymmetricSearch}, a group in each lane; the second argument is importance.
 * Two sets are interleaved, so that additions need not wait.
 */
final class SymmetricCode extends SearchCode {
  /** Planes of the results. */
  static final int SCALE = 0;

  static final int CODE_INVERSE = 1;
  static final int SUM_OF_WEIGHTS = 2;

  /** Before: base of the weights, if they have one. After: largest |x|, NaN counting most. */
  static final int MAGNITUDE = 3;

  static final int PLANES = 4;

  /** Sets of 16 groups in a batch. */
  static final int SETS = 2;

  /** Weights times numbers. */
  private static final int PRODUCTS = 2;

  private static final int ARRAYS = 3;
  private static final int UNROLL = 4;

  /** First of the registers of the sets. */
  private static final int LARGEST = 0;

  private static final int BEST = 2;
  private static final int FOUND_SCALE = 4;
  private static final int FOUND_INVERSE = 6;
  private static final int FACTOR = 8;
  private static final int SUM = 10;
  private static final int SQUARES = 12;
  private static final int FREE = 14;
  private static final Simd STRETCHED = Simd.zmm(29);
  private static final int PRODUCT = 30;
  private static final Mask CHOSEN = new Mask(1);

  private final int zeroCode;
  private final Simd negligible =
      constants.ints(i -> Float.floatToRawIntBits(SymmetricSearch.NEGLIGIBLE));
  private final Limits limits;
  private final WeightCode weights;

  private SymmetricCode(int size, int zeroCode, Weighing weighing) {
    super(new Workspace(size, SETS, ARRAYS, 0), weighing.usesImportance());
    this.zeroCode = zeroCode;
    limits = new Limits(constants, -zeroCode, zeroCode - 1);
    weights = new WeightCode(space, weighing, constants, magnitude);
  }

  /**
   * The function's bytes, which run at any address.
   *
   * @param size elements of a group
   */
  static byte[] of(int size, int zeroCode, Weighing weighing) {
    return new SymmetricCode(size, zeroCode, weighing).write();
  }

  /** The search by this function. */
  static RowSearch search(int size, int zeroCode, Weighing weighing) {
    int elements = new Workspace(size, SETS, ARRAYS, 0).batchElements();
    return new RowSearch(size, List.of(new RowSearch.Step(of(size, zeroCode, weighing), elements)));
  }

  @Override
  void batch() {
    for (int s = 0; s < SETS; s++) {
      measure(s);
    }
    startTable();
    attempt(true);
    a.mov(R9, 2 * SymmetricSearch.STEPS);
    Label candidate = a.label();
    a.bind(candidate);
    attempt(false);
    a.sub(R9, 1);
    a.jump(NOT_EQUAL, candidate);
    storeResults();
  }

  /** The candidates' inverse scales times the largest element. */
  @Override
  float[] table() {
    float[] stretched = new float[2 * SymmetricSearch.STEPS + 1];
    for (int i = 0; i < stretched.length; i++) {
      stretched[i] = -(zeroCode + SymmetricSearch.STEP * SymmetricSearch.step(i));
    }
    return stretched;
  }

  private void measure(int set) {
    Simd found = register(LARGEST, set);
    Simd base = register(BEST, set);
    Simd highest = register(FOUND_SCALE, set);
    Simd sum = register(FOUND_INVERSE, set);
    Simd largest = register(FACTOR, set);
    Simd value = register(FREE, 0);
    Simd weight = register(FREE, 1);
    weights.base(a, set, base, result(MAGNITUDE, set));
    for (Simd cleared : new Simd[] {found, highest, sum, largest}) {
      a.clear(cleared);
    }
    space.eachElement(
        a,
        2,
        at -> {
          a.vmovups(value, element(X, set, at));
          weights.weight(a, value, base, weight, element(WEIGHTS, set, at));
          a.vmovups(element(WEIGHTS, set, at), weight);
          a.vaddps(sum, sum, weight);
          a.vmulps(weight, weight, value);
          a.vmovups(element(PRODUCTS, set, at), weight);
          a.vpandd(weight, value, magnitude);
          a.vpmaxud(largest, largest, weight);
          a.vcmpps(CHOSEN, weight, highest, GREATER);
          a.vmovups(found, CHOSEN, value);
          a.vmaxps(highest, weight, highest);
        });
    a.vmovups(result(MAGNITUDE, set), largest);
    a.vmovups(result(SUM_OF_WEIGHTS, set), sum);
  }

  /**
   * Tries the next candidate of the table.
   *
   * @param first whether it is taken whatever its error
   */
  private void attempt(boolean first) {
    nextOfTable(STRETCHED);
    for (int s = 0; s < SETS; s++) {
      a.vdivps(register(FACTOR, s), STRETCHED, register(LARGEST, s));
      a.clear(register(SUM, s));
      a.clear(register(SQUARES, s));
    }
    space.eachElement(
        a,
        UNROLL,
        at -> {
          for (int s = 0; s < SETS; s++) {
            addLevel(s, at);
          }
        });
    for (int s = 0; s < SETS; s++) {
      if (first) {
        start(s);
      } else {
        keepBetter(s);
      }
    }
  }

  /** Magnitudes before rounding stay below zeroCode + 1. */
  private void addLevel(int set, int at) {
    Simd level = register(FREE, set);
    Simd product = register(PRODUCT, set);
    a.vmulps(level, register(FACTOR, set), element(X, set, at));
    limits.roundSmall(a, level);
    a.vmulps(product, level, element(PRODUCTS, set, at));
    a.vaddps(register(SUM, set), register(SUM, set), product);
    a.vmulps(product, level, element(WEIGHTS, set, at));
    a.vmulps(product, product, level);
    a.vaddps(register(SQUARES, set), register(SQUARES, set), product);
  }

  private void start(int set) {
    Simd found = register(FOUND_SCALE, set);
    a.vdivps(found, register(SUM, set), register(SQUARES, set));
    a.vcmpps(CHOSEN, register(SQUARES, set), zero, EQUAL);
    a.vmovups(found, CHOSEN, zero);
    a.vmulps(register(BEST, set), found, register(SUM, set));
    a.vpord(register(FOUND_INVERSE, set), register(FACTOR, set), zero);
  }

  private void keepBetter(int set) {
    Simd squared = register(FREE, 0);
    Simd other = register(FREE, 1);
    a.vmulps(squared, register(SUM, set), register(SUM, set));
    a.vmulps(other, register(BEST, set), register(SQUARES, set));
    a.vcmpps(CHOSEN, squared, other, GREATER);
    a.vcmpps(CHOSEN, CHOSEN, register(SQUARES, set), zero, GREATER);
    a.vdivps(squared, register(SUM, set), register(SQUARES, set));
    a.vmulps(other, squared, register(SUM, set));
    a.vmovups(register(BEST, set), CHOSEN, other);
    a.vmovups(register(FOUND_SCALE, set), CHOSEN, squared);
    a.vmovups(register(FOUND_INVERSE, set), CHOSEN, register(FACTOR, set));
  }

  private void storeResults() {
    for (int s = 0; s < SETS; s++) {
      Simd largest = register(FREE, 0);
      a.vpandd(largest, register(LARGEST, s), magnitude);
      a.vcmpps(CHOSEN, largest, negligible, LESS);
      a.vmovups(register(FOUND_SCALE, s), CHOSEN, zero);
      a.vmovups(register(FOUND_INVERSE, s), CHOSEN, zero);
      a.vmovups(result(SCALE, s), register(FOUND_SCALE, s));
      a.vmovups(result(CODE_INVERSE, s), register(FOUND_INVERSE, s));
    }
  }
}
