package io.quant4j.kernels.cuda.driver;

import io.quant4j.kernels.cuda.driver.Cuda.DeviceAttribute;
import java.util.Locale;

/**
 * What the driver says of a device.
 *
 * @param ordinal its number in this process
 * @param capability compute capability, 10 * major + minor
 * @param sharedBytes shared memory that a block may have
 * @param bytes of its memory
 */
public record DeviceFacts(
    int ordinal, String name, int capability, int multiprocessors, int sharedBytes, long bytes) {
  /** Compute capability of the base kernels, 10 * major + minor. */
  static final int LEAST_CAPABILITY = 75;

  /** The first driver that has all functions used, as the driver counts releases. */
  static final int LEAST_DRIVER = 11_040;

  /** The first compute capability with tensor cores as the kernels use them. */
  private static final int TENSOR_CORES = 80;

  /** Shared memory of a block that the largest of those kernels takes: all such devices have it. */
  public static final int TENSOR_SHARED_BYTES = 99 << 10;

  /** The first compute capability on which launches may overlap. */
  private static final int OVERLAPPING_LAUNCHES = 90;

  /** The first driver that records such launches. */
  private static final int OVERLAPPING_DRIVER = 12_030;

  /** The only compute capability with products of warpgroups (wgmma). */
  private static final int WARPGROUPS = 90;

  /** Shared memory of a block that the largest of those kernels takes. */
  public static final int WARPGROUP_SHARED_BYTES = 195 << 10;

  /** The first driver that reads PTX 8.0, in which those are written. */
  private static final int WARPGROUP_DRIVER = 12_000;

  static DeviceFacts of(Cuda cuda, int ordinal) {
    int device = cuda.device(ordinal);
    return new DeviceFacts(
        ordinal,
        cuda.deviceName(device),
        10 * cuda.attribute(DeviceAttribute.CAPABILITY_MAJOR, device)
            + cuda.attribute(DeviceAttribute.CAPABILITY_MINOR, device),
        cuda.attribute(DeviceAttribute.MULTIPROCESSORS, device),
        cuda.attribute(DeviceAttribute.SHARED_BYTES, device),
        cuda.deviceBytes(device));
  }

  /** Whether the kernels for tensor cores can run, which take much shared memory. */
  public boolean hasTensorCores() {
    return capability >= TENSOR_CORES && sharedBytes >= TENSOR_SHARED_BYTES;
  }

  /** Whether a kernel may begin while the one before it ends, here and in recorded passes. */
  boolean canOverlapLaunches(int driverVersion) {
    return capability >= OVERLAPPING_LAUNCHES && driverVersion >= OVERLAPPING_DRIVER;
  }

  /** Whether kernels for this compute capability alone, with products of warpgroups, can run. */
  boolean hasWarpgroupProducts(int driverVersion) {
    return capability == WARPGROUPS
        && sharedBytes >= WARPGROUP_SHARED_BYTES
        && driverVersion >= WARPGROUP_DRIVER;
  }

  /** Such as "NVIDIA H200, driver 13.0, 139 GiB". */
  String describe(int driverVersion) {
    return "%s, driver %s, %s".formatted(name, release(driverVersion), gibibytes(bytes));
  }

  static String release(int version) {
    return version / 1_000 + "." + version % 1_000 / 10;
  }

  static String decimal(int tenfold) {
    return tenfold / 10 + "." + tenfold % 10;
  }

  private static String gibibytes(long bytes) {
    double size = bytes * 0x1p-30;
    return String.format(Locale.ROOT, size < 10 ? "%.1f GiB" : "%.0f GiB", size);
  }
}
