package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;
import static io.quant4j.kernels.vector.lanes.Lanes.FLOATS;
import static jdk.incubator.vector.FloatVector.fromArray;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.BF16;
import io.quant4j.kernels.vector.lanes.Lanes;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/** Encodes rows of any length as BF16. */
public final class VectorBF16Encoder implements RowEncoder {
  private static final BF16 FORMAT = new BF16();

  /** Added to the bits it rounds what is cut off, ties to even with the last bit kept. */
  private static final int ALMOST_HALF = 0x7fff;

  /** Stateless. */
  public VectorBF16Encoder() {}

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    MemorySegment stored = target.asSlice(byteOffset, FORMAT.byteSize(cols));
    int whole = FLOATS.loopBound(cols);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector value = fromArray(FLOATS, row, rowOffset + i);
      IntVector bits = value.reinterpretAsInts();
      IntVector upper = bits.lanewise(VectorOperators.LSHR, 16);
      IntVector rounded =
          bits.add(ALMOST_HALF).add(upper.and(1)).lanewise(VectorOperators.LSHR, 16);
      VectorMask<Float> nan = value.test(VectorOperators.IS_NAN);
      IntVector any = rounded.blend(upper.or(BF16.QUIET), nan.cast(Lanes.INTS));
      ShortVector kept = (ShortVector) any.convertShape(VectorOperators.I2S, Lanes.SHORTS, 0);
      kept.intoMemorySegment(stored, (long) i * BF16.BLOCK_BYTES, ByteOrder.LITTLE_ENDIAN);
    }
    long rest = (long) whole * BF16.BLOCK_BYTES;
    FORMAT.encode(row, rowOffset + whole, cols - whole, null, stored, rest);
  }
}
