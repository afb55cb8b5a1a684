package io.quant4j.kernels.vector;

import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.Availability;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.SpiVersion;

/**
 * Kernels on the Vector API. This class mentions none of its types, so it loads where the module
 * jdk.incubator.vector is absent, to say so.
 */
public final class VectorBackend implements KernelBackend {
  private static final String MODULE = "jdk.incubator.vector";
  private static final String FLAG = "--add-modules " + MODULE;

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
          "the JVM runs without the module " + MODULE,
          "Start java with "
              + FLAG
              + ", or set the environment variable JDK_JAVA_OPTIONS=\""
              + FLAG
              + "\".");
    }
    return withModule(System.getProperty("java.vm.info", ""));
  }

  /**
   * Without the optimizing compiler every vector operation is a call that allocates: far slower
   * than plain Java.
   *
   * @param vmInfo the system property java.vm.info, in which HotSpot names its mode of compilation
   */
  static Availability withModule(String vmInfo) {
    if (vmInfo.contains("interpreted mode")) {
      return new Availability.Unusable(
          "the JVM only interprets, which makes vector code slower than plain code",
          "Start java without -Xint.");
    }
    if (vmInfo.contains("emulated-client")) {
      return new Availability.Unusable(
          "the JVM runs without its optimizing compiler C2, which makes vector code slower than"
              + " plain code",
          "Start java without -XX:TieredStopAtLevel and -XX:CompilationMode=quick-only; development"
              + " tools add them to start faster.");
    }
    return VectorKernels.availability();
  }

  @Override
  public KernelSet open() {
    if (probe() instanceof Availability.Unusable(String reason, String remedy)) {
      throw new BackendUnavailableException(ErrorLocation.subject(name()), reason, remedy);
    }
    return VectorKernels.open();
  }
}
