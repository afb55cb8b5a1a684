package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.core.format.NVFP4;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;

/**
 * The scales of four blocks of NVFP4 as halves of numbers, for doubled elements. Their seven bits,
 * moved to bit 7 of a half, are 2^-8 of what they stand for: its exponent is biased by 15, not 7.
 */
final class EightBitScales {
  /** Two blocks are in a register. */
  private static final int SECOND_LOAD = 2 * NVFP4.BLOCK_BYTES;

  private final Simd order;
  private final Mem low;
  private final Mem high;
  private final Mem upperBytes;
  private final Mem unit;

  /** Takes one constant. */
  EightBitScales(Constants constants) {
    this.order = constants.bytes(i -> place(i / 2 % 16));
    this.low = constants.storedBytes(i -> i);
    this.high =
        constants.storedBytes(
            i -> Constants.BYTES + i == NVFP4.NOT_A_NUMBER ? 0 : Constants.BYTES + i);
    this.upperBytes = constants.storedBytes(i -> i % 2 == 0 ? 0 : -1);
    this.unit = constants.storedInts(i -> Float.floatToRawIntBits(128));
  }

  /** Where the scale of a lane of {@link BlockSums} is in two registers one after the other. */
  private static int place(int lane) {
    int block = lane % 4;
    return block / 2 * Constants.BYTES + block % 2 * NVFP4.BLOCK_BYTES + lane / 4;
  }

  /** Writes code that makes them floats. */
  void write(Assembler a, Gpr weights, Simd to, Simd scratch) {
    a.vmovups(to, Mem.at(weights, NVFP4.D_OFFSET));
    a.vmovups(scratch, Mem.at(weights, SECOND_LOAD + NVFP4.D_OFFSET));
    a.vpermt2b(to, order, scratch);
    // The bits that stand for NaN decode to zeros; the eighth bit is ignored.
    a.vmovups(scratch, low);
    a.vpermi2b(to, scratch, high);
    a.vpandd(to, to, upperBytes);
    a.vpsrlw(to, to, 1);
    a.vcvtph2ps(to, to.half());
    a.vmulps(to, to, unit);
  }
}
