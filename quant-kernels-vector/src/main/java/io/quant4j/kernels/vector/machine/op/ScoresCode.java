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

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Frame;
import io.quant4j.kernels.vector.machine.product.LaneSum;
import java.util.List;

/**
 * Scores of queries with the keys of a tile, and the largest of each: {@code void f(query, keys,
 * records, queries, left, group, headDim, gapBytes, float scale, float begin, float end)}. Queries
 * follow each other in a row of {@code group}, of which {@code left} are to come in the first row,
 * and rows behind {@code gapBytes}. Scores are summed in the order of elements.
 */
final class ScoresCode {
  private static final Gpr[] QUERY = {R10, R11, RBX, R12};
  private static final Gpr KEY = RAX;
  private static final Gpr HEAD_BYTES = R13;
  private static final Gpr GAP = R14;
  private static final Gpr ELEMENTS_LEFT = R15;
  private static final int TILE_BYTES = AttentionKernel.TILE * Float.BYTES;

  /** zmm0 to zmm15 hold scores. */
  private static final int KEYS = 21;

  private static final Simd SCALE = Simd.zmm(20);
  private static final Simd ELEMENT = Simd.zmm(25);
  private static final Simd LARGEST = Simd.zmm(29);
  private static final Simd SCRATCH = Simd.zmm(30);

  private final Assembler a = new Assembler();
  private final Constants constants = new Constants();

  private ScoresCode() {}

  /** The function's bytes, which run at any address. */
  static byte[] bytes() {
    return new ScoresCode().write();
  }

  private byte[] write() {
    List<Simd> positions = AttentionRecord.positions(constants);
    Label values = a.label();
    Label next = a.label();
    Label single = a.label();
    Label end = a.label();
    Frame.enter(a, 0);
    constants.load(a, RAX, values);
    AttentionRecord.masks(
        a, positions, Frame.stackArgument(3), Frame.stackArgument(4), LARGEST, SCRATCH);
    a.vbroadcastss(SCALE, Frame.stackArgument(2));
    a.mov(GAP, Frame.stackArgument(1));
    a.mov(HEAD_BYTES, Frame.stackArgument(0));
    a.add(HEAD_BYTES, HEAD_BYTES);
    a.add(HEAD_BYTES, HEAD_BYTES);
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
    constants.write(a, values);
    return a.toByteArray();
  }

  /** Half a tile is enough where no position of the other half is attended to. */
  private void queries(int count) {
    Label half = a.label();
    Label done = a.label();
    for (int q = 0; q < count; q++) {
      place(QUERY[q]);
    }
    int vectors = AttentionRecord.VECTORS;
    a.kortestw(AttentionRecord.attended(vectors - 2), AttentionRecord.attended(vectors - 1));
    a.jump(EQUAL, half);
    scores(count, vectors);
    a.jump(done);
    a.bind(half);
    scores(count, vectors / 2);
    a.bind(done);
    a.add(RDX, count * AttentionRecord.BYTES);
    a.sub(RCX, count);
  }

  /** Where the next query lies. */
  private void place(Gpr query) {
    Label inRow = a.label();
    a.mov(query, RDI);
    a.add(RDI, HEAD_BYTES);
    a.sub(R8, 1);
    a.jump(NOT_EQUAL, inRow);
    a.add(RDI, GAP);
    a.mov(R8, R9);
    a.bind(inRow);
  }

  private void scores(int count, int vectors) {
    Label element = a.label();
    for (int i = 0; i < count * vectors; i++) {
      a.clear(Simd.zmm(i));
    }
    a.mov(KEY, RSI);
    a.mov(ELEMENTS_LEFT, Frame.stackArgument(0));
    a.bind(element);
    for (int v = 0; v < vectors; v++) {
      a.vmovups(Simd.zmm(KEYS + v), Mem.at(KEY, v * Constants.BYTES));
    }
    for (int q = 0; q < count; q++) {
      Simd x = Simd.zmm(ELEMENT.number() + q);
      a.vbroadcastss(x, Mem.at(QUERY[q], 0));
      a.add(QUERY[q], Float.BYTES);
      for (int v = 0; v < vectors; v++) {
        a.vfmadd231ps(Simd.zmm(q * vectors + v), Simd.zmm(KEYS + v), x);
      }
    }
    a.add(KEY, TILE_BYTES);
    a.sub(ELEMENTS_LEFT, 1);
    a.jump(NOT_EQUAL, element);
    for (int q = 0; q < count; q++) {
      finish(q, vectors);
    }
  }

  /** Stores the scores of a query and the largest of those attended to, or of those before. */
  private void finish(int query, int vectors) {
    int record = query * AttentionRecord.BYTES;
    Mem largest = Mem.at(RDX, record + AttentionRecord.LARGEST * Float.BYTES);
    a.vbroadcastss(LARGEST, largest);
    for (int v = 0; v < vectors; v++) {
      Simd score = Simd.zmm(query * vectors + v);
      a.vmulps(score, score, SCALE);
      a.vmovups(Mem.at(RDX, record + v * Constants.BYTES), score);
      a.vpord(SCRATCH, LARGEST, LARGEST);
      a.vmovups(SCRATCH, AttentionRecord.attended(v), score);
      a.vmaxps(LARGEST, LARGEST, SCRATCH);
    }
    LaneSum.store(a, a::vmaxps, LARGEST, SCRATCH, largest);
  }
}
