package io.quant4j.kernels.cuda.driver;

import io.quant4j.api.error.QuantException;
import io.quant4j.api.spi.Availability;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds out what there is to run on. Nothing of it throws, and nothing is kept open. */
public final class DriverProbe {
  private static final int NO_DEVICE = 100;

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
    DriverLibrary.Name library = DriverLibrary.name();
    if (!library.forced() && !DriverLibrary.isLikely()) {
      return Found.absent(
          "no NVIDIA driver is loaded: there is none of " + DriverLibrary.signs(),
          "On a machine with an NVIDIA GPU, install its driver; in a container, pass the GPU in.");
    }
    try {
      return probe(DriverLibrary.open(library.name()));
    } catch (IllegalCallerException e) {
      return Found.unusable(
          "this Java may not call native code",
          "Start java with " + DriverLibrary.nativeAccessFlag() + ".");
    } catch (IllegalArgumentException | UnsatisfiedLinkError e) {
      return Found.unusable(
          "the driver's library %s cannot be loaded (%s)".formatted(library.name(), e.getMessage()),
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
    String reason = "cuInit failed: " + cuda.meaning(code);
    return switch (code) {
      case NO_DEVICE ->
          Found.absent(
              "the NVIDIA driver sees no device",
              "Look at the variable CUDA_VISIBLE_DEVICES; in a container, pass the GPU in.");
      case 34 ->
          Found.unusable(
              "the library is a stub of the CUDA toolkit",
              "Let the library path name the driver's own libcuda.so.1 first.");
      case 304, 800 ->
          Found.unusable(
              reason, "Give the user of this process access to the device files /dev/nvidia*.");
      case DriverLibrary.NOT_FOUND ->
          Found.unusable(
              "the driver's library lacks functions that the kernels need",
              "Update the NVIDIA driver.");
      case 803, 804 ->
          Found.unusable(
              reason,
              "Library and kernel module are of different releases: restart the machine, or update"
                  + " the driver.");
      case 999 ->
          Found.unusable(
              reason, "Load the kernel module nvidia_uvm, as nvidia-modprobe -u does, or restart.");
      default -> Found.unusable(reason, "Look at what nvidia-smi says; reinstall the driver.");
    };
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
      return refused(cuda, NO_DEVICE);
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
