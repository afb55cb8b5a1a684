package io.quant4j.api.spi;

/**
 * A way to run kernels. The class must load anywhere: it mentions no type that may be absent, and
 * only {@link #open} may touch such code.
 */
public interface KernelBackend {

  /** Short name, such as {@code scalar}, {@code vector}, {@code cuda}. */
  String name();

  /** Automatic choice prefers higher ranks: scalar 0, vector 100, CUDA 200. */
  int rank();

  /**
   * The {@link SpiVersion#CURRENT} that the backend was compiled against, as a compile-time
   * constant.
   */
  int spiVersion();

  /**
   * Whether {@link #open} gives devices. Work on host memory alone, such as quantizing, does not
   * open such a backend, since that may take long, memory of the device, or fail.
   */
  default boolean usesDevices() {
    return false;
  }

  /** Whether it can run here; never throws. */
  Availability probe();

  /**
   * Opens the kernels.
   *
   * @throws io.quant4j.api.error.BackendUnavailableException if {@link #probe()} said so
   */
  KernelSet open();
}
