package io.quant4j.kernels.vector.lanes;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The one vector width of this JVM: the widest of 128, 256 and 512 bits that the processor has.
 * Every species is a constant, so the compiler sees fixed shapes in every kernel.
 *
 * <p>Vectors in memory are little-endian, as all formats are.
 */
public final class Lanes {
  /** Bits of a vector. */
  public static final int BITS = Width.BITS;

  /** Floats in a vector. */
  public static final int COUNT = BITS / Float.SIZE;

  /** A full vector of floats. */
  public static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, shape(BITS));

  /** A full vector of doubles: half as many as floats. */
  public static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, shape(BITS));

  /** Each lane's neighbour: those of pairs swapped. */
  public static final VectorShuffle<Float> NEIGHBOUR =
      VectorShuffle.fromOp(FLOATS, lane -> lane ^ 1);

  /** A full vector of ints: as many as floats. */
  public static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

  /** As many shorts as floats: half a vector. */
  public static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, shape(BITS / 2));

  /**
   * Bytes that widen to {@link #BYTE_PARTS} vectors of floats: a quarter of a vector, but at least
   * 64 bits, the shortest there is.
   */
  public static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, shape(Math.max(BITS / 4, 64)));

  /** Bytes in a vector of {@link #BYTES}. */
  public static final int BYTE_COUNT = BYTES.length();

  /** Vectors of floats that a vector of {@link #BYTES} widens to: 1, at 128 bits 2. */
  public static final int BYTE_PARTS = BYTE_COUNT / COUNT;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private Lanes() {}

  private static VectorShape shape(int bits) {
    return VectorShape.forBitSize(bits);
  }

  /** The first {@code count} lanes. */
  public static VectorMask<Float> first(int count) {
    return FLOATS.indexInRange(0, count);
  }

  /** The floats from {@code a[at]}. */
  public static FloatVector floats(float[] a, int at) {
    return FloatVector.fromArray(FLOATS, a, at);
  }

  /** The floats from {@code a[at]} in these lanes, 0 in the others, which are not read. */
  public static FloatVector floats(float[] a, int at, VectorMask<Float> lanes) {
    return FloatVector.fromArray(FLOATS, a, at, lanes);
  }

  /** The floats at a byte offset. */
  public static FloatVector floats(MemorySegment source, long offset) {
    return FloatVector.fromMemorySegment(FLOATS, source, offset, ORDER);
  }

  /** The floats at a byte offset in these lanes, 0 in the others, which are not read. */
  public static FloatVector floats(MemorySegment source, long offset, VectorMask<Float> lanes) {
    return FloatVector.fromMemorySegment(FLOATS, source, offset, ORDER, lanes);
  }

  /** The shorts at a byte offset. */
  public static ShortVector shorts(MemorySegment source, long offset) {
    return ShortVector.fromMemorySegment(SHORTS, source, offset, ORDER);
  }

  /** The shorts at a byte offset in these lanes, 0 in the others, which are not read. */
  public static ShortVector shorts(MemorySegment source, long offset, VectorMask<Float> lanes) {
    return ShortVector.fromMemorySegment(SHORTS, source, offset, ORDER, lanes.cast(SHORTS));
  }
}
