package io.quant4j.kernels.vector;

import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.Availability;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.SpiVersion;

/**
 * Kernels on the Vector API. This class mentions none of its types, so that it loads where {@code
 * jdk.incubator.vector} is absent and can say so.
 */
public final class VectorBackend implements KernelBackend {
  private static final String MODULE = "jdk.incubator.vector";

  /** For the service loader. */
  public VectorBackend() {}

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public int rank() {
    return 100;
  }

  @Override
  public int spiVersion() {
    return SpiVersion.CURRENT;
  }

  @Override
  public Availability probe() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return new Availability.Unusable(
          "the module " + MODULE + " is not part of this Java process",
          "Start Java with --add-modules %1$s, or set JDK_JAVA_OPTIONS=--add-modules=%1$s."
              .formatted(MODULE));
    }
    // Without its optimizing compiler Java runs vector code many times slower than plain code.
    String machine = System.getProperty("java.vm.info", "");
    if (machine.contains("interpreted mode")) {
      return new Availability.Unusable(
          "Java runs without its compiler", "Start Java without -Xint.");
    }
    return new Availability.Usable(VectorWidth.bits() + "-bit vectors");
  }

  @Override
  public KernelSet open() {
    if (probe() instanceof Availability.Unusable(String reason, String remedy)) {
      throw new BackendUnavailableException(ErrorLocation.subject(name()), reason, remedy);
    }
    return new KernelSet.OnHost(new VectorKernels());
  }
}
