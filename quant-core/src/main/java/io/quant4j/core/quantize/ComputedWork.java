package io.quant4j.core.quantize;

import io.quant4j.api.spi.CheckpointOutput;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Writes a small F32 tensor that the source does not have. */
final class ComputedWork implements TensorWork {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int tensor;
  private final byte[] bytes;

  /**
   * @param tensor index in the target
   */
  ComputedWork(int tensor, TensorPlan.Computed plan) {
    this.tensor = tensor;
    float[] values = plan.values();
    bytes = new byte[values.length * Float.BYTES];
    MemorySegment.copy(values, 0, MemorySegment.ofArray(bytes), F32, 0, values.length);
  }

  @Override
  public long units() {
    return bytes.length == 0 ? 0 : 1;
  }

  @Override
  public int unitsPerChunk() {
    return 1;
  }

  @Override
  public long sourceBytes(int units) {
    return 0;
  }

  @Override
  public double write(long first, int units, Scratch scratch, CheckpointOutput target) {
    target.write(tensor, 0, MemorySegment.ofArray(bytes));
    return 0;
  }
}
