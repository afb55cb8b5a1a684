package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q1_0;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q1_0. */
public final class VectorQ1_0Encoder implements RowEncoder {
  private static final Q1_0 FORMAT = new Q1_0();

  /** Stateless. */
  public VectorQ1_0Encoder() {}

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    int blocks = Blocks.count(FORMAT, cols);
    MemorySegment stored = target.asSlice(byteOffset, FORMAT.byteSize(cols));
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q1_0.BLOCK_BYTES;
      int from = rowOffset + b * Q1_0.BLOCK_ELEMENTS;
      if (!Groups.finite(row, from, Q1_0.BLOCK_ELEMENTS)) {
        Blocks.putNotANumber(stored, block, Q1_0.BLOCK_BYTES, Q1_0.D_OFFSET);
        continue;
      }
      float sum = 0;
      for (int i = from; i < from + Q1_0.BLOCK_ELEMENTS; i++) {
        sum += Math.abs(row[i]); // in the order of the elements
      }
      LittleEndian.putHalf(stored, block + Q1_0.D_OFFSET, sum / Q1_0.BLOCK_ELEMENTS);
      for (int i = 0; i < Q1_0.BLOCK_ELEMENTS; i += Long.SIZE) {
        stored.set(LittleEndian.LONG, block + Q1_0.QS_OFFSET + i / 8, signs(row, from + i));
      }
    }
  }

  /** Bit i says whether element i of 64 is not negative. */
  private static long signs(float[] row, int from) {
    long bits = 0;
    for (int i = 0; i < Long.SIZE; i += COUNT) {
      bits |= fromArray(FLOATS, row, from + i).compare(VectorOperators.GE, 0).toLong() << i;
    }
    return bits;
  }
}
