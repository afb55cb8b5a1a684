package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.kernels.vector.machine.product.Functions;
import java.lang.foreign.MemorySegment;

/** The generated function that prepares vectors; a call takes less than a microsecond. */
final class IntegerFunctions {
  private static final MemorySegment SPLIT = Functions.map(SplitCode.bytes());

  private IntegerFunctions() {}

  /**
   * See {@link SplitCode}.
   *
   * @param at bytes in {@code target}
   */
  static void split(float[] floats, int offset, MemorySegment target, long at, long groups) {
    Functions.rows(SPLIT, target, at, target, at, floats, offset, groups, 0, 0);
  }
}
