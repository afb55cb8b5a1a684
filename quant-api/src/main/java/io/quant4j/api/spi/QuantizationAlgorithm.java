package io.quant4j.api.spi;

import io.quant4j.api.tensor.TensorInfo;

/** A way to choose the codes of a tensor in a given format. Found by name; stateless. */
public interface QuantizationAlgorithm {

  /** Name that recipes and reports use, such as {@code rtn}. */
  String name();

  /** Whether this algorithm can produce this format. */
  boolean canTarget(BlockFormat format);

  /**
   * Prepares the encoding of one tensor; the result is used for all its rows, from several threads.
   *
   * @param tensor the tensor as stored in the source
   * @param format the target
   * @param fastest the fastest encoder installed that gives the bytes of {@code format}'s own
   *     reference rule
   */
  RowEncoder prepare(TensorInfo tensor, BlockFormat format, RowEncoder fastest);
}
