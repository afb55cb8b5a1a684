package io.quant4j.kernels.vector.machine.product;

import static io.quant4j.kernels.vector.machine.assembler.Condition.ABOVE;
import static io.quant4j.kernels.vector.machine.assembler.Condition.BELOW;
import static io.quant4j.kernels.vector.machine.assembler.Condition.EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R12;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R13;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R14;
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
import java.util.function.Function;

/**
 * The product of stored rows with one vector: {@code void f(weights, x, y, blocks, rowBytes,
 * rows)}. Several rows advance together, block by block: an accumulator waits four cycles for its
 * last addition. The rows that follow them are asked for from memory meanwhile.
 */
public final class RowsCode {
  private static final int MOST_ROWS = 4;

  /** Weights are asked for this many bytes ahead, if the next rows are too far. */
  private static final int NEAR = 4096;

  private static final int FARTHEST = 1 << 15;
  private static final Gpr[] BLOCK = {R10, R11, RBX, R12};
  private static final Gpr VECTOR = RAX;
  private static final Gpr BLOCKS_LEFT = R13;
  private static final Gpr AHEAD = R14;
  private static final int LINE_BYTES = 64;
  private static final Simd SCRATCH = Simd.zmm(MOST_ROWS);

  private final Assembler a = new Assembler();
  private final Constants constants = new Constants();
  private final RowCode row;
  private final int together;

  private RowsCode(Function<Constants, RowCode> code) {
    this.row = code.apply(constants);
    this.together = row.rows();
  }

  /** The function's bytes, which run at any address. */
  public static byte[] of(Function<Constants, RowCode> code) {
    return new RowsCode(code).write();
  }

  private byte[] write() {
    Label data = a.label();
    Label single = a.label();
    Label next = a.label();
    Label end = a.label();
    Frame.enter(a);
    constants.load(a, Constants.IN_MEMORY, data);
    a.mov(AHEAD, R8);
    for (int rows = 1; rows < together; rows *= 2) {
      a.add(AHEAD, AHEAD);
    }
    a.mov(RAX, NEAR);
    a.cmp(AHEAD, FARTHEST);
    a.cmov(ABOVE, AHEAD, RAX);
    a.bind(next);
    a.cmp(R9, together);
    a.jump(BELOW, single);
    rows(together);
    a.jump(next);
    a.bind(single);
    a.test(R9, R9);
    a.jump(EQUAL, end);
    rows(1);
    a.jump(single);
    a.bind(end);
    Frame.leave(a);
    constants.write(a, data);
    return a.toByteArray();
  }

  private static int slot(int row) {
    return row * BlockCode.SLOT_BYTES;
  }

  private void rows(int count) {
    a.mov(BLOCK[0], RDI);
    for (int i = 1; i < count; i++) {
      a.lea(BLOCK[i], Mem.at(BLOCK[i - 1], R8));
    }
    a.mov(VECTOR, RSI);
    a.mov(BLOCKS_LEFT, RCX);
    for (int i = 0; i < count; i++) {
      a.clear(Simd.zmm(i));
    }
    Label loop = a.label();
    Label end = a.label();
    a.bind(loop);
    for (int i = 0; i < count; i++) {
      row.prepare(a, BLOCK[i], slot(i));
    }
    row.shared(a, VECTOR);
    for (int i = 0; i < count; i++) {
      for (int at = 0; at < row.bytes(); at += LINE_BYTES) {
        a.prefetcht0(Mem.at(BLOCK[i], AHEAD, 1, at));
      }
      row.write(a, BLOCK[i], slot(i), VECTOR, Simd.zmm(i));
    }
    for (int i = 0; i < count; i++) {
      a.add(BLOCK[i], row.bytes());
    }
    a.add(VECTOR, row.vectorBytes());
    a.sub(BLOCKS_LEFT, 1);
    a.jump(EQUAL, end);
    a.cmp(BLOCKS_LEFT, 1);
    a.jump(NOT_EQUAL, loop);
    // The last block ends where the row does, so it may begin in the one before.
    a.lea(BLOCK[0], Mem.at(RDI, R8, 1, -row.bytes()));
    for (int i = 1; i < count; i++) {
      a.lea(BLOCK[i], Mem.at(BLOCK[i - 1], R8));
    }
    a.jump(loop);
    a.bind(end);
    for (int i = 0; i < count; i++) {
      LaneSum.store(a, Simd.zmm(i), SCRATCH, Mem.at(RDX, i * Float.BYTES));
    }
    // Rows follow each other without a gap.
    a.mov(RDI, BLOCK[count - 1]);
    a.add(RDX, count * Float.BYTES);
    a.sub(R9, count);
  }
}
