package io.quant4j.bench;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.KernelSet;
import java.util.List;
import java.util.ServiceLoader;

/** What is installed and can be measured, by name. */
public final class Subjects {
  /** The backend "vector" without machine code, in a JVM with {@link #WITHOUT_MACHINE_CODE}. */
  static final String VECTOR_API = "vector-api";

  /** Option of a JVM. */
  static final String WITHOUT_MACHINE_CODE = "-Dquant4j.machineCode=off";

  private Subjects() {}

  /** Names of all backends. */
  static List<String> backends() {
    return ServiceLoader.load(KernelBackend.class).stream().map(p -> p.get().name()).toList();
  }

  /**
   * Opens a backend.
   *
   * @throws io.quant4j.api.error.BackendUnavailableException if it cannot run here
   * @throws IllegalArgumentException if it is not installed or works on memory of its own
   */
  public static HostKernels kernels(String backend) {
    KernelSet opened =
        ServiceLoader.load(KernelBackend.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(b -> b.name().equals(backend.equals(VECTOR_API) ? "vector" : backend))
            .findFirst()
            .orElseThrow(() -> missing("backend", backend, backends()))
            .open();
    return switch (opened) {
      case KernelSet.OnHost(HostKernels kernels) -> kernels;
      case KernelSet.OnDevices devices -> {
        devices.close();
        throw new IllegalArgumentException(backend + " does not work on host memory");
      }
    };
  }

  /**
   * A format.
   *
   * @throws IllegalArgumentException if it is not installed
   */
  static BlockFormat format(String name) {
    List<BlockFormat> formats =
        ServiceLoader.load(BlockFormat.class).stream().map(ServiceLoader.Provider::get).toList();
    return formats.stream()
        .filter(f -> f.id().name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> missing("format", name, formats.stream().map(f -> f.id().name()).toList()));
  }

  /** Names of all formats with more than one element in a block. */
  static List<String> blockFormats() {
    return ServiceLoader.load(BlockFormat.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(f -> f.blockElements() > 1)
        .map(f -> f.id().name())
        .toList();
  }

  private static IllegalArgumentException missing(String kind, String name, List<String> known) {
    return new IllegalArgumentException(
        "no " + kind + " '" + name + "' is installed, but " + known);
  }

  /** The error for a kernel that a backend does not have. */
  static IllegalArgumentException notOffered(String backend, String operation, String format) {
    return new IllegalArgumentException(
        "backend " + backend + " does not offer " + operation + " for " + format);
  }
}
