package io.quant4j.kernels.vector.decode;

import static io.quant4j.kernels.vector.VectorWidth.FLOATS;
import static io.quant4j.kernels.vector.VectorWidth.LANES;

import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.F16;
import io.quant4j.kernels.vector.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * F16: exponent and mantissa move to the float's place, and a multiplication by 2^112 corrects the
 * exponent's bias, of subnormal numbers too. Infinity and NaN get the float's highest exponent.
 */
public final class F16Decoder implements RowDecoder {
  private static final int SIGN = 0x8000;
  private static final int MAGNITUDE = 0x7fff;
  private static final int SHIFT = 13;
  private static final int INFINITY = 0x7c00 << SHIFT;
  private static final int FLOAT_INFINITY = 0x7f80_0000;
  private static final int QUIET = 0x0040_0000;
  private static final float BIAS = 0x1p112f;

  private final F16 format = new F16();

  /** Stateless. */
  public F16Decoder() {}

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    int bound = FLOATS.loopBound(elements);
    for (int i = 0; i < bound; i += LANES) {
      IntVector bits = Lanes.shorts(source, byteOffset + 2L * i);
      IntVector magnitude = bits.and(MAGNITUDE).lanewise(VectorOperators.LSHL, SHIFT);
      FloatVector finite = magnitude.reinterpretAsFloats().mul(BIAS);
      IntVector special = magnitude.or(FLOAT_INFINITY);
      special = special.blend(special.or(QUIET), magnitude.compare(VectorOperators.GT, INFINITY));
      finite
          .reinterpretAsInts()
          .blend(special, magnitude.compare(VectorOperators.GE, INFINITY))
          .or(bits.and(SIGN).lanewise(VectorOperators.LSHL, Short.SIZE))
          .reinterpretAsFloats()
          .intoArray(target, targetOffset + i);
    }
    format.decode(
        source, byteOffset + 2L * bound, target, targetOffset + bound, elements - bound);
  }
}
