package io.quant4j.core.kernel;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.SequenceMemory;

/** Heap arrays: nothing to free, the garbage collector does. */
final class HostMemory implements SequenceMemory {
  private final HostKernels kernels;
  private final AttentionScratch scratch;

  /**
   * Memory of a sequence.
   *
   * @param threads that may work on it
   */
  HostMemory(HostKernels kernels, int threads) {
    this.kernels = kernels;
    this.scratch = new AttentionScratch(threads);
  }

  @Override
  public HostBuffer allocate(long elements) {
    return newBuffer(elements);
  }

  /** New zeroed memory. */
  static HostBuffer newBuffer(long elements) {
    if (elements > Integer.MAX_VALUE - 8) {
      throw new InvalidRequestException(
          ErrorLocation.none(),
          "a buffer of " + elements + " elements does not fit a Java array",
          "Ask for a shorter context or a smaller batch.");
    }
    return new HostBuffer(new float[(int) elements]);
  }

  @Override
  public HostCache allocateCache(CacheShape shape) {
    return new HostCache(kernels, shape, scratch);
  }

  @Override
  public void close() {}
}
