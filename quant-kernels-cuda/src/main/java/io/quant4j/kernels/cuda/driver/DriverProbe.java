package io.quant4j.kernels.cuda.driver;

import io.quant4j.api.error.QuantException;
import io.quant4j.api.spi.Availability;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds out what there is to run on. Nothing of it throws, and nothing is kept open. */
public final class DriverProbe {
  private DriverProbe() {}

  /**
   * What was found.
   *
   * @param cuda the driver, if devices can be used
   * @param devices that can be used, in the driver's order
   */
  public record Found(Availability availability, Optional<Cuda> cuda, List<DeviceFacts> devices) {
    static Found unusable(String reason, String remedy) {
      return new Found(new Availability.Unusable(reason, remedy), Optional.empty(), List.of());
    }

    static Found absent(String reason, String remedy) {
      return new Found(new Availability.Absent(reason, remedy), Optional.empty(), List.of());
    }
  }

  /** Looks for the driver of this system, or the library named by the property. */
  public static Found probe() {
    return probe(
        DriverPlaces.of(
            System.getProperty("os.name", ""), Optional.ofNullable(System.getenv("SystemRoot"))),
        System.getProperty(DriverLibrary.PROPERTY, ""));
  }

  /**
   * Looks for a driver.
   *
   * @param forced the library to take, whatever signs there are; empty: none
   */
  static Found probe(DriverPlaces places, String forced) {
    if (forced.isBlank() && places.signs().stream().noneMatch(sign -> new File(sign).exists())) {
      return Found.absent(
          "no NVIDIA driver is loaded: there is none of " + String.join(", ", places.signs()),
          "On a machine with an NVIDIA GPU, install its driver; in a container, pass the GPU in.");
    }
    String library = forced.isBlank() ? places.library() : forced;
    try {
      return probe(DriverLibrary.open(library));
    } catch (IllegalCallerException e) {
      return Found.unusable(
          "this Java may not call native code",
          "Start java with " + DriverLibrary.nativeAccessFlag() + ".");
    } catch (IllegalArgumentException | UnsatisfiedLinkError e) {
      return Found.unusable(
          "the driver's library %s cannot be loaded (%s)".formatted(library, e.getMessage()),
          "Install the NVIDIA driver of this system with its CUDA library; nothing else is"
              + " needed.");
    } catch (UnsupportedOperationException e) {
      return Found.unusable(
          "this Java cannot call native code (" + e.getMessage() + ")",
          "Use a Java of HotSpot for this processor.");
    }
  }

  /** Asks a driver. */
  public static Found probe(CudaDriver driver) {
    Cuda cuda = new Cuda(driver);
    try {
      int code = cuda.init();
      return code == Cuda.SUCCESS ? initialized(cuda) : refused(cuda, code);
    } catch (QuantException e) {
      return Found.unusable(e.reason(), e.remedy());
    }
  }

  private static Found refused(Cuda cuda, int code) {
    Optional<Fault> fault = Fault.of(code);
    String remedy =
        fault.map(Fault::remedy).orElse("Look at what nvidia-smi says; reinstall the driver.");
    if (fault.equals(Optional.of(Fault.NO_DEVICE))) {
      return Found.absent("the NVIDIA driver sees no device", remedy);
    }
    return Found.unusable(reason(cuda, code, fault), remedy);
  }

  private static String reason(Cuda cuda, int code, Optional<Fault> fault) {
    if (fault.equals(Optional.of(Fault.STUB_LIBRARY))) {
      return "the library is a stub of the CUDA toolkit";
    }
    if (fault.equals(Optional.of(Fault.NOT_FOUND))) {
      return "the driver's library lacks functions that the kernels need";
    }
    return "cuInit failed: " + cuda.meaning(code);
  }

  private static Found initialized(Cuda cuda) {
    int version = cuda.driverVersion();
    if (version < DeviceFacts.LEAST_DRIVER) {
      return Found.unusable(
          "the driver is for CUDA %s, the kernels need %s"
              .formatted(
                  DeviceFacts.release(version), DeviceFacts.release(DeviceFacts.LEAST_DRIVER)),
          "Update the NVIDIA driver.");
    }
    List<DeviceFacts> all = new ArrayList<>();
    for (int ordinal = 0; ordinal < cuda.deviceCount(); ordinal++) {
      all.add(DeviceFacts.of(cuda, ordinal));
    }
    List<DeviceFacts> fit =
        all.stream().filter(d -> d.capability() >= DeviceFacts.LEAST_CAPABILITY).toList();
    if (all.isEmpty()) {
      return refused(cuda, Fault.NO_DEVICE.code());
    }
    if (fit.isEmpty()) {
      return Found.unusable(
          "%s has compute capability %s, the kernels need %s"
              .formatted(
                  all.getFirst().name(),
                  DeviceFacts.decimal(all.getFirst().capability()),
                  DeviceFacts.decimal(DeviceFacts.LEAST_CAPABILITY)),
          "Use a GPU of the Turing generation or later.");
    }
    String description =
        fit.stream().map(d -> d.describe(version)).collect(Collectors.joining("; "));
    return new Found(new Availability.Usable(description), Optional.of(cuda), fit);
  }
}
