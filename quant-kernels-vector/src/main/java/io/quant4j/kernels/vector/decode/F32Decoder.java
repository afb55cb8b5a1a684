package io.quant4j.kernels.vector.decode;

import io.quant4j.api.spi.RowDecoder;
import io.quant4j.core.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** F32: a copy, which needs no vectors of ours. */
public final class F32Decoder implements RowDecoder {

  /** Stateless. */
  public F32Decoder() {}

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    MemorySegment.copy(source, LittleEndian.FLOAT, byteOffset, target, targetOffset, elements);
  }
}
