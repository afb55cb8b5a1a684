package io.quant4j.gguf.file;

import io.quant4j.api.tensor.FormatId;

/**
 * How the elements of a tensor are stored.
 *
 * @param id type id in a file
 * @param format its name
 * @param blockElements elements per block
 * @param blockBytes bytes per block
 */
public record TensorType(int id, FormatId format, int blockElements, int blockBytes) {

  /**
   * Stored bytes of a tensor.
   *
   * @param elements a multiple of {@link #blockElements()}
   * @throws ArithmeticException if that is more than a long holds
   */
  public long byteSize(long elements) {
    return Math.multiplyExact(elements / blockElements, (long) blockBytes);
  }
}
