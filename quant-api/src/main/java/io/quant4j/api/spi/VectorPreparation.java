package io.quant4j.api.spi;

import java.lang.foreign.MemorySegment;

/**
 * Brings float vectors into the form that {@link PreparedMatMul}s read, once for all matrices that
 * they are multiplied with. Stateless and thread-safe.
 */
public interface VectorPreparation {

  /**
   * Whether prepared products of this size are offered and expected to be faster. Rows of a length
   * that is accepted with one batch can be multiplied with any.
   *
   * @param cols elements of a vector
   * @param batch vectors
   */
  boolean accepts(int cols, int batch);

  /** Bytes of all prepared vectors; kernels read them faster from memory aligned to 64 bytes. */
  long byteSize(int cols, int batch);

  /** Parts of a batch that can be prepared one by one, in any order. */
  int parts(int batch);

  /**
   * Prepares parts {@code begin <= p < end}.
   *
   * @param x (batch, cols) from {@code xOffset}
   * @param target all of the prepared vectors
   */
  void prepare(
      float[] x, int xOffset, int cols, int batch, MemorySegment target, int begin, int end);
}
