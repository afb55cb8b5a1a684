package io.quant4j.kernels.vector.machine.product;

import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Gpr;
import io.quant4j.kernels.vector.machine.assembler.Simd;

/**
 * Code that adds the products of some columns of a row with a vector to the row's sums.
 *
 * <p>It may use zmm4 to zmm15, masks, the constants that it asked for when it was made, and {@link
 * BlockCode#SLOT_BYTES} of the stack per row.
 */
public interface RowCode {

  /** Stored bytes of these columns. */
  int bytes();

  /** Bytes of the vector for these columns. */
  int vectorBytes();

  /** Rows whose products advance together: 1, 2 or 4. Memory is read best in few streams. */
  default int rows() {
    return 2;
  }

  /**
   * Writes code that comes once for several rows; what it leaves in registers must survive {@link
   * #write}. Nothing by default.
   */
  default void shared(Assembler a, Gpr vector) {}

  /**
   * Writes code that puts intermediate results on the stack; nothing by default.
   *
   * @param slot where from rsp on
   */
  default void prepare(Assembler a, Gpr weights, int slot) {}

  /**
   * Writes the code after {@link #prepare}.
   *
   * @param sum 16 floats, added to
   */
  void write(Assembler a, Gpr weights, int slot, Gpr vector, Simd sum);
}
