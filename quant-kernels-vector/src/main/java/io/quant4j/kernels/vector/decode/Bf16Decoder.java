package io.quant4j.kernels.vector.decode;

import static io.quant4j.kernels.vector.VectorWidth.FLOATS;
import static io.quant4j.kernels.vector.VectorWidth.LANES;

import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.BF16;
import io.quant4j.kernels.vector.Lanes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorOperators;

/** BF16: the upper half of the float's bits. */
public final class Bf16Decoder implements RowDecoder {
  private final BF16 format = new BF16();

  /** Stateless. */
  public Bf16Decoder() {}

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    int bound = FLOATS.loopBound(elements);
    for (int i = 0; i < bound; i += LANES) {
      Lanes.shorts(source, byteOffset + 2L * i)
          .lanewise(VectorOperators.LSHL, Short.SIZE)
          .reinterpretAsFloats()
          .intoArray(target, targetOffset + i);
    }
    format.decode(
        source, byteOffset + 2L * bound, target, targetOffset + bound, elements - bound);
  }
}
