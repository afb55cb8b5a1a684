package io.quant4j.kernels.vector;

import static io.quant4j.kernels.vector.VectorWidth.BYTES;
import static io.quant4j.kernels.vector.VectorWidth.FLOATS;
import static io.quant4j.kernels.vector.VectorWidth.INTS;
import static io.quant4j.kernels.vector.VectorWidth.LANES;
import static io.quant4j.kernels.vector.VectorWidth.SHORTS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShuffle;

/** Leaf helpers that kernels share; all of them inline. */
public final class Lanes {
  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private Lanes() {}

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.fromOp(FLOATS, i -> (i + lanes) % LANES);
  }

  /**
   * Sum of all lanes in a fixed order. {@code reduceLanes} promises no order, and the interpreter's
   * is not the compiler's: results would change while a program warms up.
   */
  public static float sum(FloatVector vector) {
    FloatVector v = vector;
    if (LANES >= 16) {
      v = v.add(v.rearrange(BY_8));
    }
    if (LANES >= 8) {
      v = v.add(v.rearrange(BY_4));
    }
    v = v.add(v.rearrange(BY_2));
    v = v.add(v.rearrange(BY_1));
    return v.lane(0);
  }

  /** {@link VectorWidth#BYTES} bytes of a segment. */
  public static ByteVector bytes(MemorySegment source, long offset) {
    return ByteVector.fromMemorySegment(BYTES, source, offset, ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Signed bytes as floats.
   *
   * @param part which of the {@link VectorWidth#PARTS} vectors of them
   */
  public static FloatVector floats(ByteVector codes, int part) {
    return (FloatVector) codes.castShape(FLOATS, part);
  }

  /** Sign-extended 16-bit numbers of a segment. */
  public static IntVector shorts(MemorySegment source, long offset) {
    return (IntVector)
        ShortVector.fromMemorySegment(SHORTS, source, offset, ByteOrder.LITTLE_ENDIAN)
            .castShape(INTS, 0);
  }
}
