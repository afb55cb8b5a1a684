package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.api.spi.VectorPreparation;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Vectors one after the other, each the records of {@link IntegerVector}. A part is a vector.
 *
 * <p>If columns are left over, the last record is that of zeros and these columns: there weights
 * are multiplied again that belong to the group before, so that nothing behind a row is read. Room
 * to put zeros and columns side by side follows the records.
 */
final class IntegerVectors implements VectorPreparation {
  /**
   * Rows are read again for every vector. Up to here that is faster than panels of floats: 135 to
   * 145 GFLOP/s on one thread of a Zen 5 for any number of vectors, where panels have 40 to 60 with
   * two vectors, 100 to 120 with six, 130 to 155 with eight.
   */
  static final int MOST_VECTORS = 6;

  private static final long GROUP_FLOATS = (long) IntegerVector.GROUP * Float.BYTES;

  @Override
  public boolean accepts(int cols, int batch) {
    return batch <= MOST_VECTORS && cols >= IntegerVector.GROUP;
  }

  @Override
  public long byteSize(int cols, int batch) {
    return batch * vectorBytes(cols);
  }

  /** Records of a vector. */
  static int groups(int cols) {
    return (cols + IntegerVector.GROUP - 1) / IntegerVector.GROUP;
  }

  /** Bytes of one vector. */
  static long vectorBytes(int cols) {
    long room = cols % IntegerVector.GROUP == 0 ? 0 : GROUP_FLOATS;
    return (long) groups(cols) * IntegerVector.BYTES + room;
  }

  @Override
  public int parts(int batch) {
    return batch;
  }

  @Override
  public void prepare(
      float[] x, int xOffset, int cols, int batch, MemorySegment target, int begin, int end) {
    Objects.checkFromIndexSize(xOffset, (long) batch * cols, x.length);
    Objects.checkFromToIndex(begin, end, batch);
    MemorySegment floats = MemorySegment.ofArray(x);
    for (int b = begin; b < end; b++) {
      prepare(
          floats.asSlice((xOffset + (long) b * cols) * Float.BYTES, (long) cols * Float.BYTES),
          target.asSlice(b * vectorBytes(cols), vectorBytes(cols)));
    }
  }

  private static void prepare(MemorySegment vector, MemorySegment records) {
    long whole = vector.byteSize() / GROUP_FLOATS;
    IntegerFunctions.split(vector, records, whole);
    long done = whole * GROUP_FLOATS;
    long left = vector.byteSize() - done;
    if (left > 0) {
      MemorySegment last = records.asSlice(whole * IntegerVector.BYTES);
      MemorySegment room = last.asSlice(IntegerVector.BYTES, GROUP_FLOATS);
      room.asSlice(0, GROUP_FLOATS - left).fill((byte) 0);
      MemorySegment.copy(vector, done, room, GROUP_FLOATS - left, left);
      IntegerFunctions.split(room, last, 1);
    }
  }
}
