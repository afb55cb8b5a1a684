package io.quant4j.kernels.vector.machine.product;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * Code that decodes one block of a format to floats, the same that the format's class gives.
 *
 * <p>It may use zmm4 to zmm15, the constants that it asked for when it was made, and {@link
 * #SLOT_BYTES} of the stack.
 *
 * <p>What goes through the stack is written in {@link #prepare}, which comes for several rows at
 * once: a load of part of what was just stored waits until the store has left the processor's queue
 * (measured on Zen 5: 38 cycles for a block of Q4_K, 30 with the stores of four rows ahead).
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

  /** Bytes of the stack that belong to one block. */
  int SLOT_BYTES = 384;

  /** Elements of a block, a multiple of 16. */
  int elements();

  /** Bytes of a block. */
  int bytes();

  /** Rows whose products advance together in generation: 1, 2 or 4. */
  default int rows() {
    return 4;
  }

  /**
   * Writes code that puts intermediate results on the stack; nothing by default.
   *
   * @param block points to the block
   * @param slot where from rsp on
   */
  default void prepare(Assembler a, Gpr block, int slot) {}

  /**
   * Writes the code after {@link #prepare}.
   *
   * @param block points to the block
   * @param slot where from rsp on
   */
  void write(Assembler a, Gpr block, int slot, Sink sink);
}
