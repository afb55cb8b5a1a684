package io.quant4j.kernels.vector.machine.product;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.RowDecoder;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Decodes one format by generated code.
 *
 * @param elements that one turn of the code decodes, a multiple of the format's block
 * @param code {@link PanelCode} of one row
 * @param twin decodes what is no whole number of turns
 */
record MachineDecoder(BlockFormat format, int elements, MemorySegment code, RowDecoder twin)
    implements RowDecoder {
  /** Decoded in one call: some microseconds, in which garbage collection waits. */
  private static final int CALL_ELEMENTS = 1 << 16;

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int count) {
    if (count % elements != 0) {
      twin.decode(source, byteOffset, target, targetOffset, count);
      return;
    }
    Objects.checkFromIndexSize(targetOffset, count, target.length);
    Objects.checkFromIndexSize(byteOffset, format.byteSize(count), source.byteSize());
    for (int done = 0; done < count; done += CALL_ELEMENTS) {
      long at = byteOffset + format.byteSize(done);
      long turns = Math.min(CALL_ELEMENTS, count - done) / elements;
      Functions.rows(code, source, at, source, at, target, targetOffset + done, turns, 0, 1);
    }
  }
}
