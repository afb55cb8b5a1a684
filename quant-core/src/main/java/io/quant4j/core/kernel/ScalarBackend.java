package io.quant4j.core.kernel;

import io.quant4j.api.spi.Availability;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.SpiVersion;

/**
 * Plain Java for every operation and installed format: always usable, the reference for all others.
 */
public final class ScalarBackend implements KernelBackend {

  /** For the service loader. */
  public ScalarBackend() {}

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int spiVersion() {
    return SpiVersion.CURRENT;
  }

  @Override
  public Availability probe() {
    return new Availability.Usable("plain Java, one number at a time");
  }

  @Override
  public KernelSet open() {
    return new KernelSet.OnHost(kernels());
  }

  /**
   * The scalar kernels, complete for every installed format: what fills the gaps of other backends.
   */
  public static HostKernels kernels() {
    return new ScalarKernels();
  }
}
