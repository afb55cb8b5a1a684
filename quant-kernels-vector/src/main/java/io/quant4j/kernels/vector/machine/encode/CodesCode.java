package io.quant4j.kernels.vector.machine.encode;

import static io.quant4j.kernels.vector.machine.assembler.Condition.NOT_EQUAL;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.R8;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RAX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RCX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDI;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RDX;
import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSI;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Label;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Frame;
import java.util.List;

/**
 * Codes of blocks of 256, packed: {@code void f(row, maps, target, blocks, blockBytes, unused)}.
 * Maps holds an addend, a divisor and a factor for each group: the code is the nearest integer of
 * {@code (x + addend) / divisor * factor} within limits, less the lowest. Divisor or factor are 1
 * where there is none, which is exact.
 */
final class CodesCode {
  /** Floats of a group in maps. */
  static final int MAP_FLOATS = 3;

  private static final int ELEMENTS = 256;
  private static final int LANES = 16;
  private static final Simd CODE = Simd.zmm(0);
  private static final Simd PART = Simd.zmm(1);
  private static final int ACCUMULATORS = 2;

  /**
   * Some bits of every code, in bytes: byte i of stretch q has those of codes {@code q * span + i +
   * k * step} for k from 0, the first in the lowest bits.
   *
   * @param offset in the block
   * @param lowest bit of the code
   * @param width bits of each code: 1, 2 or 4
   * @param step a multiple of 16
   */
  record Plane(int offset, int lowest, int width, int step) {
    private int codesOfByte() {
      return Byte.SIZE / width;
    }
  }

  private final Assembler a = new Assembler();
  private final Constants constants = new Constants();
  private final int size;
  private final Limits limits;
  private final List<Plane> planes;
  private final List<Simd> masks;

  private CodesCode(int size, int lowest, int highest, List<Plane> planes) {
    this.size = size;
    this.limits = new Limits(constants, lowest, highest);
    this.planes = planes;
    this.masks = planes.stream().map(p -> constants.ints(i -> (1 << p.width()) - 1)).toList();
  }

  /**
   * The function's bytes, which run at any address.
   *
   * @param size elements of a group, a multiple of 16
   */
  static byte[] of(int size, int lowest, int highest, List<Plane> planes) {
    return new CodesCode(size, lowest, highest, planes).write();
  }

  private byte[] write() {
    Label data = a.label();
    Label block = a.label();
    Frame.enter(a, 0);
    constants.load(a, RAX, data);
    a.bind(block);
    for (int at = 0; at < ELEMENTS; at += LANES) {
      takeCodes(at);
      int accumulators = ACCUMULATORS;
      for (int p = 0; p < planes.size(); p++) {
        pack(planes.get(p), masks.get(p), at, accumulators);
        accumulators += planes.get(p).step() / LANES;
      }
    }
    a.add(RDI, ELEMENTS * Float.BYTES);
    a.add(RSI, ELEMENTS / size * MAP_FLOATS * Float.BYTES);
    a.add(RDX, R8);
    a.sub(RCX, 1);
    a.jump(NOT_EQUAL, block);
    Frame.leave(a);
    constants.write(a, data);
    return a.toByteArray();
  }

  private void takeCodes(int at) {
    int map = at / size * MAP_FLOATS * Float.BYTES;
    a.vmovups(CODE, Mem.at(RDI, at * Float.BYTES));
    a.vaddps(CODE, CODE, Mem.at(RSI, map).toAllLanes());
    a.vdivps(CODE, CODE, Mem.at(RSI, map + Float.BYTES).toAllLanes());
    a.vmulps(CODE, CODE, Mem.at(RSI, map + 2 * Float.BYTES).toAllLanes());
    limits.code(a, CODE);
  }

  private void pack(Plane plane, Simd mask, int at, int accumulators) {
    int span = plane.step() * plane.codesOfByte();
    int k = at % span / plane.step();
    int within = at % plane.step();
    Simd bits = Simd.zmm(accumulators + within / LANES);
    Simd part = k == 0 ? bits : PART;
    a.vpsrld(part, CODE, plane.lowest());
    a.vpandd(part, part, mask);
    if (k > 0) {
      a.vpslld(part, part, k * plane.width());
      a.vpord(bits, bits, part);
    }
    if (k == plane.codesOfByte() - 1) {
      a.vpmovdb(Mem.at(RDX, plane.offset() + at / span * plane.step() + within), bits);
    }
  }
}
