package io.quant4j.kernels.vector.machine.product;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R10;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R11;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R9;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import java.util.function.Function;

/**
 * A stretch of a tile of rows, decoded to floats in the order in which {@link TileCode} reads them,
 * or of one row: {@code void f(weights, unused, panel, blocks, rowBytes, rows)}. Writes (columns /
 * 16, rows of a tile, 16); rows that are not there are left alone.
 *
 * <ul>
 *   <li>weights: the stretch's first block in the first row
 *   <li>blocks: of a row in the stretch, at least 1
 *   <li>rows: 1 to those of a tile
 * </ul>
 */
final class PanelCode {
  private static final int LANES = 16;

  private PanelCode() {}

  /**
   * The function's bytes, which run at any address.
   *
   * @param tileRows rows of a tile
   */
  static byte[] of(Function<Constants, BlockCode> format, int tileRows) {
    int step = tileRows * Constants.BYTES;
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
    a.mov(RAX, RDX);
    a.mov(R11, RCX);
    a.bind(next);
    block.prepare(a, R10, 0);
    block.write(
        a, R10, 0, (values, element) -> a.vmovups(Mem.at(RAX, element / LANES * step), values));
    a.add(R10, block.bytes());
    a.add(RAX, block.elements() / LANES * step);
    a.sub(R11, 1);
    a.jump(NOT_EQUAL, next);
    a.add(RDI, R8);
    a.add(RDX, Constants.BYTES);
    a.sub(R9, 1);
    a.jump(NOT_EQUAL, row);
    Frame.leave(a);
    constants.write(a, data);
    return a.toByteArray();
  }
}
