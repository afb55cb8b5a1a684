package io.quant4j.kernels.vector.machine.op;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.op.ExpCode.POWER_OF;
import static io.quant4j.kernels.vector.machine.op.ExpCode.RESULT;

import io.quant4j.kernels.vector.lanes.Exp;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Comparison;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mask;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Frame;
import io.quant4j.kernels.vector.machine.product.LaneSum;
import java.util.List;

/**
 * Scores become weights exp(score - largest), 0 where they are not attended to, and their sum:
 * {@code void f(records, unused, unused, queries, unused, unused, unused, unused, unused, float
 * begin, float end)}.
 */
final class WeightsCode {
  private static final Simd SUM = Simd.zmm(0);
  private static final Simd SCORE = Simd.zmm(1);
  private static final Simd WEIGHT = Simd.zmm(8);
  private static final Mask TOO_SMALL = new Mask(6);
  private static final Mask NO_NUMBER = new Mask(7);

  private final Assembler a = new Assembler();
  private final Constants constants = new Constants();
  private final List<Simd> positions = AttentionRecord.positions(constants);
  private final Simd least = constants.all(Exp.UNDERFLOW);
  private final ExpCode exp = new ExpCode(constants);

  private WeightsCode() {}

  /** The function's bytes, which run at any address. */
  static byte[] bytes() {
    return new WeightsCode().write();
  }

  private byte[] write() {
    Label values = a.label();
    Label next = a.label();
    Frame.enter(a, 0);
    constants.load(a, RAX, values);
    AttentionRecord.masks(
        a, positions, Frame.stackArgument(3), Frame.stackArgument(4), SCORE, WEIGHT);
    a.bind(next);
    a.clear(SUM);
    for (int v = 0; v < AttentionRecord.VECTORS; v++) {
      weights(v);
    }
    LaneSum.store(a, SUM, SCORE, Mem.at(RDI, AttentionRecord.SUM * Float.BYTES));
    a.add(RDI, AttentionRecord.BYTES);
    a.sub(RCX, 1);
    a.jump(NOT_EQUAL, next);
    Frame.leave(a);
    constants.write(a, values);
    return a.toByteArray();
  }

  /** No score attended to is above the largest. NaN stays NaN. */
  private void weights(int vector) {
    Mem place = Mem.at(RDI, vector * Constants.BYTES);
    a.vmovups(SCORE, place);
    a.vsubps(SCORE, SCORE, Mem.at(RDI, AttentionRecord.LARGEST * Float.BYTES).toAllLanes());
    a.vcmpps(TOO_SMALL, SCORE, least, Comparison.LESS);
    a.vcmpps(NO_NUMBER, SCORE, SCORE, Comparison.NOT_EQUAL);
    a.vmaxps(POWER_OF, SCORE, least);
    exp.write(a);
    a.clear(WEIGHT);
    a.vmovups(RESULT, TOO_SMALL, WEIGHT);
    a.vmovups(RESULT, NO_NUMBER, SCORE);
    a.vmovups(WEIGHT, AttentionRecord.attended(vector), RESULT);
    a.vmovups(place, WEIGHT);
    a.vaddps(SUM, SUM, WEIGHT);
  }
}
