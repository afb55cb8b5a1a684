package io.quant4j.kernels.vector.op;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.kernels.vector.lanes.Exp;
import io.quant4j.kernels.vector.lanes.Lanes;
import jdk.incubator.vector.FloatVector;

/** {@code cap * tanh(x / cap)} as {@code cap - 2 cap / (exp(2 x / cap) + 1)}. */
final class SoftCap {
  private SoftCap() {}

  /**
   * Bends numbers in place; those after them up to a whole vector, too.
   *
   * @param x {@code count} numbers from {@code at} and up to a whole vector behind them
   */
  static void apply(float[] x, int at, int count, float cap) {
    for (int i = at; i < at + count; i += COUNT) {
      FloatVector e = Exp.of(Lanes.floats(x, i).mul(2 / cap));
      FloatVector distance = FloatVector.broadcast(Lanes.FLOATS, 2 * cap).div(e.add(1));
      distance.neg().add(cap).intoArray(x, i);
    }
  }
}
