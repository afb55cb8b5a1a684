package io.quant4j.kernels.vector.machine.op;

import io.quant4j.api.spi.RotaryKernel;
import io.quant4j.kernels.vector.machine.product.Functions;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Rotary embedding by generated code. Only where {@link
 * io.quant4j.kernels.vector.machine.MachineCode} is usable.
 */
public final class MachineRotary implements RotaryKernel {
  private static final int LANES = 16;
  private static final MemorySegment INTERLEAVED = Functions.map(RotaryCode.interleaved());
  private static final MemorySegment HALF_SPLIT = Functions.map(RotaryCode.halfSplit());

  private final RotaryKernel twin;
  private final MemorySegment code;
  private final int turn;

  private MachineRotary(RotaryKernel twin, MemorySegment code, int turn) {
    this.twin = twin;
    this.code = code;
    this.turn = turn;
  }

  /**
   * Rotates neighbours.
   *
   * @param twin takes heads that are no whole number of turns
   */
  public static MachineRotary interleaved(RotaryKernel twin) {
    return new MachineRotary(twin, INTERLEAVED, LANES);
  }

  /** Rotates halves; otherwise the same. */
  public static MachineRotary halfSplit(RotaryKernel twin) {
    return new MachineRotary(twin, HALF_SPLIT, 2 * LANES);
  }

  @Override
  public void rotate(
      float[] x, int xOffset, int heads, int headDim, float[] angles, int anglesOffset, int dims) {
    if (dims % turn != 0 || dims == 0 || heads == 0) {
      twin.rotate(x, xOffset, heads, headDim, angles, anglesOffset, dims);
      return;
    }
    Objects.checkFromIndexSize(xOffset, (long) (heads - 1) * headDim + dims, x.length);
    Objects.checkFromIndexSize(anglesOffset, dims, angles.length);
    Functions.rows(
        code,
        x,
        xOffset,
        angles,
        anglesOffset,
        x,
        xOffset,
        dims / turn,
        (long) headDim * Float.BYTES,
        heads);
  }
}
