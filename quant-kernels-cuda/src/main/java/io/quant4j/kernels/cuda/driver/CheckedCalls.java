package io.quant4j.kernels.cuda.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;

import io.quant4j.api.error.DeviceException;
import io.quant4j.api.error.ErrorLocation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What becomes of the codes that calls of the driver return. Thread-safe. */
class CheckedCalls {
  static final int SUCCESS = 0;

  final CudaDriver driver;

  /** The fault after which the driver refuses every call in this context. */
  private volatile @Nullable DeviceException end;

  CheckedCalls(CudaDriver driver) {
    this.driver = driver;
  }

  /** Its functions. */
  public CudaDriver driver() {
    return driver;
  }

  /** Fails unless a call reported success. */
  void check(String function, DriverCall call) {
    int code = DriverCall.code(call);
    if (code != SUCCESS) {
      throw failure(function, code);
    }
  }

  DeviceException failure(String function, int code) {
    Optional<Fault> fault = Fault.of(code);
    DeviceException failure =
        new DeviceException(
            ErrorLocation.subject("cuda"),
            "%s failed: %s".formatted(function, meaning(code)),
            fault
                .map(Fault::remedy)
                .orElse(
                    "If it happens again, update the NVIDIA driver, and look at its log for the"
                        + " fault."));
    if (end == null && fault.isPresent() && fault.get().endsContext()) {
      end = failure;
    }
    return failure;
  }

  /**
   * Fails where an earlier fault has ended the context: the driver would refuse any call with the
   * code of that one.
   */
  void requireContext() {
    DeviceException first = end;
    if (first != null) {
      throw new DeviceException(
          ErrorLocation.subject("cuda"),
          "the device is out of use since " + first.reason(),
          first.remedy(),
          first);
    }
  }

  /** What a code means, in the driver's words. */
  public String meaning(int code) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(ADDRESS);
      String name = "";
      if (DriverCall.code(() -> (int) driver.cuGetErrorName().invokeExact(code, text)) == SUCCESS) {
        name = " " + string(text);
      }
      if (DriverCall.code(() -> (int) driver.cuGetErrorString().invokeExact(code, text))
          == SUCCESS) {
        name += ", " + string(text);
      }
      return "code " + code + name;
    }
  }

  @SuppressWarnings("restricted")
  private static String string(MemorySegment pointer) {
    return pointer.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0);
  }
}
