package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.api.spi.VectorPreparation;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Vectors one after the other, each the records of {@link IntegerVector}. A part is a vector. */
final class IntegerVectors implements VectorPreparation {
  /**
   * Rows are read again for every vector. Up to here that is faster than panels of floats: 135 to
   * 145 GFLOP/s on one thread of a Zen 5 for any number of vectors, where panels have 40 to 60 with
   * two vectors, 100 to 120 with six, 130 to 155 with eight.
   */
  static final int MOST_VECTORS = 6;

  @Override
  public boolean accepts(int cols, int batch) {
    return batch <= MOST_VECTORS && cols >= IntegerVector.GROUP && cols % IntegerVector.GROUP == 0;
  }

  @Override
  public long byteSize(int cols, int batch) {
    return batch * vectorBytes(cols);
  }

  /** Bytes of one vector. */
  static long vectorBytes(int cols) {
    return (long) cols / IntegerVector.GROUP * IntegerVector.BYTES;
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
      long at = b * vectorBytes(cols);
      IntegerFunctions.split(x, xOffset + b * cols, target, at, cols / IntegerVector.GROUP);
    }
  }
}
