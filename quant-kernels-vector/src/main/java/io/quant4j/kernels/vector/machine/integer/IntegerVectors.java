package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.api.spi.VectorPreparation;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/**
 * Vectors one after the other, each the records of {@link IntegerVector}. A part is a vector.
 *
 * <p>If columns are left over, the last record is that of zeros and these columns: weights of the
 * group before are multiplied by the zeros, so that nothing behind a row is read.
 */
final class IntegerVectors implements VectorPreparation {
  /**
   * Rows are read again for every vector. Up to here that is faster than panels of floats: 135 to
   * 145 GFLOP/s on one thread of a Zen 5 for any number of vectors, where panels have 40 to 60 with
   * two vectors, 100 to 120 with six, 130 to 155 with eight.
   */
  static final int MOST_VECTORS = 6;

  /** Zeros and what is left over; an array for each vector would be most of a token's garbage. */
  private static final ThreadLocal<float[]> LAST =
      ThreadLocal.withInitial(() -> new float[IntegerVector.GROUP]);

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
    return (long) groups(cols) * IntegerVector.BYTES;
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
    Objects.checkFromIndexSize(0, byteSize(cols, batch), target.byteSize());
    for (int b = begin; b < end; b++) {
      prepare(x, xOffset + b * cols, cols, target, b * vectorBytes(cols));
    }
  }

  private static void prepare(float[] x, int offset, int cols, MemorySegment target, long at) {
    int whole = cols / IntegerVector.GROUP;
    IntegerFunctions.split(x, offset, target, at, whole);
    int left = cols - whole * IntegerVector.GROUP;
    if (left > 0) {
      float[] last = LAST.get();
      Arrays.fill(last, 0, IntegerVector.GROUP - left, 0);
      System.arraycopy(x, offset + cols - left, last, IntegerVector.GROUP - left, left);
      IntegerFunctions.split(last, 0, target, at + (long) whole * IntegerVector.BYTES, 1);
    }
  }
}
