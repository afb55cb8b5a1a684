package io.quant4j.kernels.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/** The vector shapes in use: the machine's preferred width, or the one that a test forces. */
public final class VectorWidth {
  /** Property that forces 128, 256 or 512 bits; for tests only. */
  public static final String PROPERTY = "quant4j.vector.bits";

  /** Floats of the chosen width. */
  public static final VectorSpecies<Float> FLOATS =
      switch (Integer.getInteger(PROPERTY, FloatVector.SPECIES_PREFERRED.vectorBitSize())) {
        case 512 -> FloatVector.SPECIES_512;
        case 256 -> FloatVector.SPECIES_256;
        default -> FloatVector.SPECIES_128;
      };

  /** Floats in one vector. */
  public static final int LANES = FLOATS.length();

  /** Ints, as many as floats. */
  public static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

  /** Shorts, as many as floats. */
  public static final VectorSpecies<Short> SHORTS =
      switch (LANES) {
        case 16 -> ShortVector.SPECIES_256;
        case 8 -> ShortVector.SPECIES_128;
        default -> ShortVector.SPECIES_64;
      };

  /** Bytes, as many as floats where there is such a shape, else twice as many. */
  public static final VectorSpecies<Byte> BYTES =
      LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  /** Float vectors that one vector of {@link #BYTES} widens to. */
  public static final int PARTS = BYTES.length() / LANES;

  private VectorWidth() {}

  /** Bits of a vector. */
  static int bits() {
    return FLOATS.vectorBitSize();
  }
}
