package io.quant4j.kernels.cuda.driver;

import io.quant4j.api.error.DeviceException;
import io.quant4j.api.error.ErrorLocation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory of a device that we may take: what was free when it was taken into use, less a reserve
 * for the driver and for others. What does not fit is refused before the driver is asked. Not
 * thread-safe but for {@link #freeBytes}.
 */
public final class DeviceMemory implements AutoCloseable {
  /** What the driver needs for modules, graphs and launches, and some for the display. */
  private static final long LEAST_RESERVE = 256L << 20;

  /** The reserve as a share of what is free. */
  private static final int SHARE = 32;

  private static final long ALIGNMENT = 256;

  private final Cuda cuda;
  private final String device;
  private final long budget;
  private final Map<Long, Long> sizes = new HashMap<>();
  private volatile long taken;

  DeviceMemory(Cuda cuda, String device, long free) {
    this.cuda = cuda;
    this.device = device;
    this.budget = budget(free);
  }

  static long budget(long free) {
    return Math.max(0, free - Math.max(LEAST_RESERVE, free / SHARE));
  }

  /** Bytes that can still be taken. */
  public long freeBytes() {
    return budget - taken;
  }

  /** Bytes taken at present. */
  public long takenBytes() {
    return taken;
  }

  /** Bytes that an allocation of this size takes. */
  public static long rounded(long bytes) {
    return (Math.max(bytes, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /**
   * Takes memory with unknown contents, aligned to 256 bytes.
   *
   * @return its address on the device
   * @throws DeviceException if it is not there
   */
  public long allocate(long bytes) {
    long size = rounded(bytes);
    if (size > freeBytes()) {
      throw new DeviceException(
          ErrorLocation.subject(device),
          "%,d bytes of device memory are needed and %,d are free".formatted(size, freeBytes()),
          "Run fewer layers on the device, or ask for a shorter context or a smaller batch.");
    }
    long address = cuda.allocate(Math.max(bytes, 1)).orElseThrow(() -> taken(size));
    sizes.put(address, size);
    taken = taken + size;
    return address;
  }

  /** Others have taken what was free at first, or it is in pieces. */
  private DeviceException taken(long size) {
    return new DeviceException(
        ErrorLocation.subject(device),
        "%,d bytes of device memory are needed in one piece, which the driver does not find in"
                .formatted(size)
            + " %,d free ones".formatted(cuda.freeBytes()),
        Fault.OUT_OF_MEMORY.remedy());
  }

  /** Gives memory back; what is queued for it is waited for. */
  public void free(long address) {
    Long size = sizes.remove(address);
    if (size != null) {
      taken = taken - size;
      cuda.free(address);
    }
  }

  /** Frees everything. */
  @Override
  public void close() {
    List<Runnable> steps = new ArrayList<>();
    for (long address : sizes.keySet()) {
      steps.add(() -> free(address));
    }
    Release.all(device, steps);
  }
}
