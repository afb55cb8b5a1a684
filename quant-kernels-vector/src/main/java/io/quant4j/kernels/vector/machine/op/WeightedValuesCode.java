package io.quant4j.kernels.vector.machine.op;

import static io.quant4j.kernels.vector.machine.assembler.Condition.BELOW;
import static io.quant4j.kernels.vector.machine.assembler.Condition.EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R12;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R13;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R14;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R15;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RBX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Frame;

/**
 * Sums of values: {@code void f(records, values, sums, queries, headBytes, positions, begin)}, with
 * {@code sum = sum * kept + sum of weight * value} by fused multiply-add in the order of positions
 * for every element. {@code values} points to the first position that is attended to.
 */
final class WeightedValuesCode {
  private static final Gpr HEAD_BYTES = R8;
  private static final Gpr THREE_HEADS = R14;
  private static final Gpr ELEMENT = RAX;
  private static final Gpr BYTES_LEFT = R11;
  private static final Gpr SUM = R15;
  private static final Gpr VALUE = RBX;
  private static final Gpr WEIGHT = R12;
  private static final Gpr POSITIONS_LEFT = R13;

  /** zmm0 to zmm15 hold sums. */
  private static final int VALUES = 16;

  private static final int WEIGHTS = 20;

  private final Assembler a = new Assembler();

  private WeightedValuesCode() {}

  /** The function's bytes, which run at any address. */
  static byte[] bytes() {
    return new WeightedValuesCode().write();
  }

  private byte[] write() {
    Label next = a.label();
    Label single = a.label();
    Label end = a.label();
    Frame.enter(a, 0);
    a.mov(R10, Frame.stackArgument(0));
    a.lea(R10, Mem.at(RDI, R10, Float.BYTES, 0)); // the first weight
    a.lea(THREE_HEADS, Mem.at(HEAD_BYTES, HEAD_BYTES, 2, 0));
    a.bind(next);
    a.cmp(RCX, AttentionRecord.TOGETHER);
    a.jump(BELOW, single);
    queries(AttentionRecord.TOGETHER);
    a.jump(next);
    a.bind(single);
    a.test(RCX, RCX);
    a.jump(EQUAL, end);
    queries(1);
    a.jump(single);
    a.bind(end);
    Frame.leave(a);
    return a.toByteArray();
  }

  /** As many registers as there are elements left: four, two or one. */
  private void queries(int count) {
    a.mov(ELEMENT, RSI);
    a.mov(SUM, RDX);
    a.mov(BYTES_LEFT, HEAD_BYTES);
    for (int vectors = 4; vectors > 0; vectors /= 2) {
      int bytes = vectors * Constants.BYTES;
      Label next = a.label();
      Label fewer = a.label();
      a.bind(next);
      a.cmp(BYTES_LEFT, bytes);
      a.jump(BELOW, fewer);
      elements(count, vectors);
      a.add(ELEMENT, bytes);
      a.add(SUM, bytes);
      a.sub(BYTES_LEFT, bytes);
      a.jump(next);
      a.bind(fewer);
    }
    for (int q = 0; q < count; q++) {
      a.add(RDX, HEAD_BYTES);
    }
    a.add(RDI, count * AttentionRecord.BYTES);
    a.add(R10, count * AttentionRecord.BYTES);
    a.sub(RCX, count);
  }

  private void elements(int count, int vectors) {
    for (int q = 0; q < count; q++) {
      int kept = q * AttentionRecord.BYTES + AttentionRecord.KEPT * Float.BYTES;
      for (int v = 0; v < vectors; v++) {
        Simd sum = Simd.zmm(q * vectors + v);
        a.vmovups(sum, sum(q, v));
        a.vmulps(sum, sum, Mem.at(RDI, kept).toAllLanes());
      }
    }
    positions(count, vectors);
    for (int q = 0; q < count; q++) {
      for (int v = 0; v < vectors; v++) {
        a.vmovups(sum(q, v), Simd.zmm(q * vectors + v));
      }
    }
  }

  private void positions(int count, int vectors) {
    Label position = a.label();
    a.mov(VALUE, ELEMENT);
    a.mov(WEIGHT, R10);
    a.mov(POSITIONS_LEFT, R9);
    a.bind(position);
    for (int v = 0; v < vectors; v++) {
      a.vmovups(Simd.zmm(VALUES + v), Mem.at(VALUE, v * Constants.BYTES));
    }
    for (int q = 0; q < count; q++) {
      Simd weight = Simd.zmm(WEIGHTS + q);
      a.vbroadcastss(weight, Mem.at(WEIGHT, q * AttentionRecord.BYTES));
      for (int v = 0; v < vectors; v++) {
        a.vfmadd231ps(Simd.zmm(q * vectors + v), Simd.zmm(VALUES + v), weight);
      }
    }
    a.add(VALUE, HEAD_BYTES);
    a.add(WEIGHT, Float.BYTES);
    a.sub(POSITIONS_LEFT, 1);
    a.jump(NOT_EQUAL, position);
  }

  private static Mem sum(int query, int vector) {
    int at = vector * Constants.BYTES;
    return switch (query) {
      case 0 -> Mem.at(SUM, at);
      case 3 -> Mem.at(SUM, THREE_HEADS, 1, at);
      default -> Mem.at(SUM, HEAD_BYTES, query, at);
    };
  }
}
