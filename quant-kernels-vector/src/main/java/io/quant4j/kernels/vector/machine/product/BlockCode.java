package io.quant4j.kernels.vector.machine.product;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * Code that decodes one block of a format to floats, the same that the format's class gives.
 *
 * <p>It may use zmm4 to zmm15, the constants that it asked for when it was made, and {@link
 * Frame#SCRATCH_BYTES} bytes from rsp.
 */
interface BlockCode {

  /** Takes decoded floats. */
  @FunctionalInterface
  interface Sink {

    /**
     * Writes code that takes the next 16 floats.
     *
     * @param values not changed
     * @param element the first one's place in the block; they come in order
     */
    void accept(Simd values, int element);
  }

  /** Elements of a block, a multiple of 16. */
  int elements();

  /** Bytes of a block. */
  int bytes();

  /**
   * Writes the code.
   *
   * @param block points to the block
   */
  void write(Assembler a, Gpr block, Sink sink);
}
