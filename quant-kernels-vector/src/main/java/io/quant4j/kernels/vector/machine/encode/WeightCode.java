package io.quant4j.kernels.vector.machine.encode;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/** The weights of a set of groups, in the lanes of {@link Workspace}. */
final class WeightCode {
  private static final Simd SCRATCH = Simd.zmm(15);

  private final Workspace space;
  private final Weighing weighing;
  private final Simd magnitude;
  private final Simd size;

  WeightCode(Workspace space, Weighing weighing, Constants constants, Simd magnitude) {
    this.space = space;
    this.weighing = weighing;
    this.magnitude = magnitude;
    this.size =
        weighing == Weighing.MAGNITUDE_AND_MEAN ? constants.floats(i -> space.size()) : magnitude;
  }

  /**
   * What the weights of a group add to, before its elements.
   *
   * @param given the base of each group, where the rule has one
   */
  void base(Assembler a, int set, Simd base, Mem given) {
    if (weighing == Weighing.SCALED_IMPORTANCE) {
      a.vmovups(base, given);
    } else if (weighing == Weighing.MAGNITUDE_AND_MEAN) {
      a.clear(base);
      space.eachElement(
          a,
          2,
          at -> {
            a.vmovups(SCRATCH, Mem.at(Workspace.ELEMENT, space.distance(0, set) + at));
            a.vmulps(SCRATCH, SCRATCH, SCRATCH);
            a.vaddps(base, base, SCRATCH);
          });
      a.vdivps(base, base, size);
      a.vsqrtps(base, base);
    }
  }

  /**
   * The weights of one element.
   *
   * @param weight where to, and its importance before
   */
  void weight(Assembler a, Simd value, Simd base, Simd weight, Mem importance) {
    switch (weighing) {
      case MAGNITUDE -> a.vpandd(weight, value, magnitude);
      case MAGNITUDE_AND_MEAN -> {
        a.vpandd(weight, value, magnitude);
        a.vaddps(weight, base, weight);
      }
      case SQUARE -> a.vmulps(weight, value, value);
      case IMPORTANCE -> a.vmovups(weight, importance);
      case SCALED_IMPORTANCE -> {
        a.vmulps(weight, value, value);
        a.vaddps(weight, base, weight);
        a.vsqrtps(weight, weight);
        a.vmulps(weight, weight, importance);
      }
    }
  }
}
