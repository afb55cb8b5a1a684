package io.quant4j.kernels.vector.machine.product;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import java.util.function.Function;

/**
 * A stretch of several rows, decoded to floats one row after another: {@code void f(weights, panel,
 * unused, blocks, rowBytes, rows)}, where weights is the stretch's first block in the first row,
 * and blocks and rows are at least 1.
 */
final class PanelCode {
  private PanelCode() {}

  /** The function's bytes, which run at any address. */
  static byte[] of(Function<Constants, BlockCode> format) {
    Assembler a = new Assembler();
    Constants constants = new Constants();
    BlockCode block = format.apply(constants);
    Label data = a.label();
    Label row = a.label();
    Label next = a.label();
    Frame.enter(a);
    constants.load(a, RAX, data);
    a.bind(row);
    a.mov(R10, RDI);
    a.mov(R11, RCX);
    a.bind(next);
    block.write(a, R10, (values, element) -> a.vmovups(Mem.at(RSI, element * Float.BYTES), values));
    a.add(R10, block.bytes());
    a.add(RSI, block.elements() * Float.BYTES);
    a.sub(R11, 1);
    a.jump(NOT_EQUAL, next);
    a.add(RDI, R8);
    a.sub(R9, 1);
    a.jump(NOT_EQUAL, row);
    Frame.leave(a);
    constants.write(a, data);
    return a.toByteArray();
  }
}
