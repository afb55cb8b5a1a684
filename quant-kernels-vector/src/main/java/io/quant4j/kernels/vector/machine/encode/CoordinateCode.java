package io.quant4j.kernels.vector.machine.encode;

import static io.quant4j.kernels.vector.machine.assembler.Comparison.GREATER;
import static io.quant4j.kernels.vector.machine.assembler.Comparison.LESS;
import static io.quant4j.kernels.vector.machine.assembler.Comparison.LESS_OR_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Comparison.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.core.format.CoordinateSearch;
import io.quant4j.core.format.SymmetricSearch;
import io.quant4j.kernels.vector.machine.assembler.Condition;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mask;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import java.util.List;

/**
 * The search of {@link CoordinateSearch}, a group in each lane. To the second argument go the
 * levels, codes less the code of zero, as (sets, elements, 16): of no meaning in a negligible
 * group.
 *
 * <p>Each element waits for the one before it, through a division. Eight sets in turn fill the
 * time. A lane whose levels have come to rest stays as it is while others still move.
 */
final class CoordinateCode extends SearchCode {
  /** Planes of the results. */
  static final int SCALE = 0;

  /** The first element of the largest magnitude. */
  static final int LARGEST = 1;

  /** Largest |x|, NaN counting most. */
  static final int MAGNITUDE = 2;

  static final int PLANES = 3;

  /** Sets of 16 groups in a batch. */
  static final int SETS = 8;

  /** First of the registers of the sets. */
  private static final int SUM = 0;

  private static final int SQUARES = SETS;
  private static final int TEMPORARY = 24;
  private static final Mask CHOSEN = new Mask(1);
  private static final Mask MOVED = new Mask(2);

  private final Simd negligible =
      constants.ints(i -> Float.floatToRawIntBits(SymmetricSearch.NEGLIGIBLE));
  private final Limits limits;

  private CoordinateCode(int size, int zeroCode) {
    super(new Workspace(size, SETS, 1, 0), false);
    limits = new Limits(constants, -zeroCode, zeroCode - 1);
  }

  /**
   * The function's bytes, which run at any address.
   *
   * @param size elements of a group
   */
  static byte[] of(int size, int zeroCode) {
    return new CoordinateCode(size, zeroCode).write();
  }

  /** The search by this function. */
  static RowSearch search(int size, int zeroCode) {
    int elements = new Workspace(size, SETS, 1, 0).batchElements();
    return new RowSearch(size, List.of(new RowSearch.Step(of(size, zeroCode), elements)));
  }

  @Override
  void batch() {
    for (int set = 0; set < SETS; set++) {
      measure(set);
      start(set);
    }
    Label pass = a.label();
    Label rest = a.label();
    a.mov(R9, CoordinateSearch.PASSES);
    a.bind(pass);
    moveLevels();
    a.kortestw(MOVED, MOVED);
    a.jump(Condition.EQUAL, rest);
    a.sub(R9, 1);
    a.jump(Condition.NOT_EQUAL, pass);
    a.bind(rest);
    storeScales();
  }

  @Override
  float[] table() {
    return new float[0];
  }

  private static Simd temporary(int which) {
    return Simd.zmm(TEMPORARY + which);
  }

  private Mem level(int set, int at) {
    return Mem.at(R11, space.distance(X, set) + at);
  }

  private void measure(int set) {
    Simd value = temporary(0);
    Simd absolute = temporary(1);
    Simd found = temporary(2);
    Simd highest = temporary(3);
    Simd largest = temporary(4);
    for (Simd cleared : new Simd[] {found, highest, largest}) {
      a.clear(cleared);
    }
    space.eachElement(
        a,
        2,
        at -> {
          a.vmovups(value, element(X, set, at));
          a.vpandd(absolute, value, magnitude);
          a.vpmaxud(largest, largest, absolute);
          a.vcmpps(CHOSEN, absolute, highest, GREATER);
          a.vmovups(found, CHOSEN, value);
          a.vmaxps(highest, absolute, highest);
        });
    a.vmovups(result(LARGEST, set), found);
    a.vmovups(result(MAGNITUDE, set), largest);
  }

  private void start(int set) {
    Simd inverse = temporary(0);
    Simd value = temporary(1);
    Simd weight = temporary(2);
    Simd level = temporary(3);
    Simd product = temporary(4);
    a.vmovups(value, result(LARGEST, set));
    limits.lowest(a, inverse);
    a.vdivps(inverse, inverse, value);
    a.clear(register(SUM, set));
    a.clear(register(SQUARES, set));
    a.mov(R11, RSI);
    space.eachElement(
        a,
        1,
        at -> {
          a.vmovups(value, element(X, set, at));
          a.vmulps(level, inverse, value);
          limits.round(a, level);
          a.vmovups(level(set, at), level);
          a.vmulps(weight, value, value);
          a.vmulps(product, weight, value);
          a.vmulps(product, product, level);
          a.vaddps(register(SUM, set), register(SUM, set), product);
          a.vmulps(product, weight, level);
          a.vmulps(product, product, level);
          a.vaddps(register(SQUARES, set), register(SQUARES, set), product);
          a.add(R11, Workspace.VECTOR);
        });
  }

  /** One pass over all levels. */
  private void moveLevels() {
    a.vcmpps(MOVED, zero, zero, NOT_EQUAL);
    a.mov(R11, RSI);
    space.eachElement(
        a,
        1,
        at -> {
          for (int set = 0; set < SETS; set++) {
            moveLevel(set, at);
          }
          a.add(R11, Workspace.VECTOR);
        });
  }

  private void moveLevel(int set, int at) {
    Simd sum = register(SUM, set);
    Simd squares = register(SQUARES, set);
    Simd value = temporary(0);
    Simd old = temporary(1);
    Simd weight = temporary(2);
    Simd weighted = temporary(3);
    Simd otherX = temporary(4);
    Simd otherSquares = temporary(5);
    Simd level = temporary(6);
    Simd product = temporary(7);
    a.vmovups(value, element(X, set, at));
    a.vmovups(old, level(set, at));
    a.vmulps(weight, value, value);
    a.vmulps(weighted, weight, value);
    a.vmulps(product, weighted, old);
    a.vsubps(otherX, sum, product);
    a.vmulps(product, weight, old);
    a.vmulps(product, product, old);
    a.vsubps(otherSquares, squares, product);
    a.vmulps(level, value, otherSquares);
    a.vdivps(level, level, otherX);
    limits.round(a, level);
    Simd newX = value;
    a.vmulps(product, weighted, level);
    a.vaddps(newX, otherX, product);
    Simd newSquares = weight;
    a.vmulps(product, weight, level);
    a.vmulps(product, product, level);
    a.vaddps(newSquares, otherSquares, product);
    a.vmulps(product, newX, newX);
    a.vmulps(product, product, squares);
    a.vmulps(weighted, sum, sum);
    a.vmulps(weighted, weighted, newSquares);
    a.vcmpps(CHOSEN, product, weighted, GREATER);
    a.vcmpps(CHOSEN, CHOSEN, newSquares, zero, GREATER);
    a.vcmpps(CHOSEN, CHOSEN, otherX, zero, GREATER);
    a.vcmpps(CHOSEN, CHOSEN, level, old, NOT_EQUAL);
    a.vmovups(old, CHOSEN, level);
    a.vmovups(level(set, at), old);
    a.vmovups(sum, CHOSEN, newX);
    a.vmovups(squares, CHOSEN, newSquares);
    a.korw(MOVED, MOVED, CHOSEN);
  }

  private void storeScales() {
    Simd scale = temporary(0);
    Simd largest = temporary(1);
    for (int set = 0; set < SETS; set++) {
      a.vdivps(scale, register(SUM, set), register(SQUARES, set));
      a.vcmpps(CHOSEN, register(SQUARES, set), zero, LESS_OR_EQUAL);
      a.vmovups(scale, CHOSEN, zero);
      a.vmovups(largest, result(LARGEST, set));
      a.vpandd(largest, largest, magnitude);
      a.vcmpps(CHOSEN, largest, negligible, LESS);
      a.vmovups(scale, CHOSEN, zero);
      a.vmovups(result(SCALE, set), scale);
    }
  }
}
