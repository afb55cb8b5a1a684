package io.quant4j.api;

/**
 * How a model is spread over files. Where there are several, their names are the target's without
 * its extension and with {@code -00001-of-00003.gguf} and so on.
 */
public sealed interface FileSplit {

  /** Everything in one file of the target's name. */
  record Single() implements FileSplit {}

  /** As many files as the source has, each with the same tensors. */
  record AsSource() implements FileSplit {}

  /**
   * A new file after every so many tensors.
   *
   * @param tensors at least 1
   * @param emptyFirst whether the first file holds metadata only
   */
  record MaxTensors(int tensors, boolean emptyFirst) implements FileSplit {
    public MaxTensors {
      if (tensors < 1) {
        throw new IllegalArgumentException(tensors + " tensors per file");
      }
    }
  }

  /**
   * A new file before the tensor with which a file's tensors would exceed a size. A tensor that is
   * larger alone gets a file of its own.
   *
   * @param bytes of tensor data, at least 1; metadata does not count
   * @param emptyFirst whether the first file holds metadata only
   */
  record MaxBytes(long bytes, boolean emptyFirst) implements FileSplit {
    public MaxBytes {
      if (bytes < 1) {
        throw new IllegalArgumentException(bytes + " bytes per file");
      }
    }
  }
}
