package io.quant4j.kernels.vector.machine.product;

import static io.quant4j.kernels.vector.machine.assembler.Gpr.RSP;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * Codes of a block put together as bytes, 64 at a time, and left on the stack in the order of the
 * elements. From there they are extended to ints by the load that reads them.
 */
final class BytePlanes {
  /** Codes lie behind 32 floats. */
  static final int CODES_OFFSET = 128;

  private BytePlanes() {}

  /** A shift of 16-bit words by one number in the lower 32 bytes and another in the upper ones. */
  static Simd shifts(Constants constants, int lower, int upper) {
    return constants.ints(i -> (i < 8 ? lower : upper) * 0x10001);
  }

  static Simd all(Constants constants, int value) {
    return constants.bytes(i -> value);
  }

  /** Writes code that leaves 64 codes. */
  static void store(Assembler a, int slot, int element, Simd codes) {
    a.vmovups(Mem.at(RSP, slot + CODES_OFFSET + element), codes);
  }

  /** Sixteen codes. */
  static Mem codes(int slot, int element) {
    return Mem.at(RSP, slot + CODES_OFFSET + element);
  }

  /** One of the floats before the codes, for all lanes. */
  static Mem number(int slot, int i) {
    return Mem.at(RSP, slot + i * Float.BYTES).toAllLanes();
  }

  /**
   * Writes code that scales sixteen ints by a half and leaves them as floats; uses zmm15.
   *
   * @param half where it is in the block
   * @param slot where to leave them
   */
  static void scaled(Assembler a, Simd ints, Gpr block, int half, int slot) {
    Simd d = Simd.zmm(15);
    a.vcvtdq2ps(ints, ints);
    Halves.toAllLanes(a, d, Mem.at(block, half));
    a.vmulps(ints, ints, d);
    a.vmovups(Mem.at(RSP, slot), ints);
  }
}
