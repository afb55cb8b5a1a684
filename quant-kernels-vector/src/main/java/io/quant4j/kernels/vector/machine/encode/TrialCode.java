package io.quant4j.kernels.vector.machine.encode;

import static io.quant4j.kernels.vector.machine.assembler.Comparison.GREATER;
import static io.quant4j.kernels.vector.machine.assembler.Comparison.LESS;
import static io.quant4j.kernels.vector.machine.assembler.Condition.EQUAL;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mask;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/** What {@link AsymmetricCode} does once for each candidate of a set: solve, compare, keep. */
final class TrialCode {
  /** What a set keeps. */
  enum Kept {
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

  private static final Mask CHOSEN = new Mask(1);

  private static final Kept[] TRIAL = {
    Kept.ERROR, Kept.FACTOR, Kept.TRIAL_SCALE, Kept.BASE, Kept.TRIAL_OFFSET
  };

  /** The codes' offset takes the base before the trial's offset replaces it. */
  private static final Kept[] BEST = {
    Kept.BEST, Kept.CODE_INVERSE, Kept.SCALE, Kept.CODE_OFFSET, Kept.BASE
  };

  private final Assembler a;
  private final Workspace space;
  private final Simd zero;
  private final Simd ones;

  TrialCode(Assembler a, Workspace space, Constants constants, Simd zero) {
    this.a = a;
    this.space = space;
    this.zero = zero;
    ones = constants.floats(i -> 1);
  }

  private Mem kept(int set, Kept which) {
    return space.kept(set, which.ordinal());
  }

  /** The start maps the range onto the codes. */
  void invert(int set) {
    Simd range = Simd.zmm(0);
    Simd offset = Simd.zmm(1);
    a.vmovups(range, kept(set, Kept.FACTOR));
    a.vdivps(range, ones, range);
    a.vmovups(kept(set, Kept.TRIAL_SCALE), range);
    a.vmovups(offset, kept(set, Kept.BASE));
    a.vmovups(kept(set, Kept.TRIAL_OFFSET), offset);
  }

  /** Solves for scale and offset in weighted least squares. */
  void solve(int set) {
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

  void keep(int set) {
    Simd value = Simd.zmm(0);
    for (int i = 0; i < TRIAL.length; i++) {
      a.vmovups(value, kept(set, TRIAL[i]));
      a.vmovups(kept(set, BEST[i]), value);
    }
  }

  /** Keeps the trial where it has a solution and a smaller error. */
  void keepBetter(int set) {
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
}
