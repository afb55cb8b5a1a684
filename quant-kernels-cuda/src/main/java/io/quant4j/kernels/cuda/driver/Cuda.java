package io.quant4j.kernels.cuda.driver;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.quant4j.api.error.DeviceException;
import io.quant4j.api.error.ErrorLocation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * Calls of the driver, each checked: whatever it does not report as success ends in a {@link
 * DeviceException} that names function and code. Thread-safe; functions on memory, streams and
 * modules act in the calling thread's current context.
 */
public final class Cuda extends CheckedCalls {

  /** Attributes of devices by their numbers in the driver API. */
  public enum DeviceAttribute {
    MULTIPROCESSORS(16),
    CAPABILITY_MAJOR(75),
    CAPABILITY_MINOR(76),
    /** Bytes of shared memory of a block that asks for more than is usual. */
    SHARED_BYTES(97);

    private final int number;

    DeviceAttribute(int number) {
      this.number = number;
    }
  }

  /**
   * Checked calls.
   *
   * @param driver its functions
   */
  public Cuda(CudaDriver driver) {
    super(driver);
  }

  /** The same for calls in one context, whose faults are its own. */
  Cuda ofContext() {
    return new Cuda(driver);
  }

  /** The code of initializing the driver, for the caller to judge. */
  public int init() {
    return DriverCall.code(() -> (int) driver.cuInit().invokeExact(0));
  }

  /** A call that writes one number or address. */
  @FunctionalInterface
  private interface Getter {
    int run(MemorySegment out) throws Throwable;
  }

  private int getInt(String function, Getter getter) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      check(function, () -> getter.run(out));
      return out.get(JAVA_INT, 0);
    }
  }

  private long getLong(String function, Getter getter) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      check(function, () -> getter.run(out));
      return out.get(JAVA_LONG, 0);
    }
  }

  /** The newest CUDA release that the driver knows, as 1000 * major + 10 * minor. */
  public int driverVersion() {
    return getInt("cuDriverGetVersion", out -> (int) driver.cuDriverGetVersion().invokeExact(out));
  }

  public int deviceCount() {
    return getInt("cuDeviceGetCount", out -> (int) driver.cuDeviceGetCount().invokeExact(out));
  }

  int device(int ordinal) {
    return getInt("cuDeviceGet", out -> (int) driver.cuDeviceGet().invokeExact(out, ordinal));
  }

  String deviceName(int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(256);
      check(
          "cuDeviceGetName",
          () -> (int) driver.cuDeviceGetName().invokeExact(name, (int) name.byteSize(), device));
      return name.getString(0, StandardCharsets.UTF_8);
    }
  }

  long deviceBytes(int device) {
    return getLong(
        "cuDeviceTotalMem", out -> (int) driver.cuDeviceTotalMem().invokeExact(out, device));
  }

  int attribute(DeviceAttribute attribute, int device) {
    return getInt(
        "cuDeviceGetAttribute",
        out -> (int) driver.cuDeviceGetAttribute().invokeExact(out, attribute.number, device));
  }

  long retainPrimaryContext(int device) {
    return getLong(
        "cuDevicePrimaryCtxRetain",
        out -> (int) driver.cuDevicePrimaryCtxRetain().invokeExact(out, device));
  }

  void releasePrimaryContext(int device) {
    check(
        "cuDevicePrimaryCtxRelease",
        () -> (int) driver.cuDevicePrimaryCtxRelease().invokeExact(device));
  }

  /** Makes a context the calling thread's current one, before the one that was. */
  void pushCurrent(long context) {
    check("cuCtxPushCurrent", () -> (int) driver.cuCtxPushCurrent().invokeExact(context));
  }

  /** Makes the one before it current again. */
  void popCurrent() {
    getLong("cuCtxPopCurrent", out -> (int) driver.cuCtxPopCurrent().invokeExact(out));
  }

  /** Bytes of the current device that nobody has taken. */
  long freeBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment free = arena.allocate(JAVA_LONG);
      MemorySegment total = arena.allocate(JAVA_LONG);
      check("cuMemGetInfo", () -> (int) driver.cuMemGetInfo().invokeExact(free, total));
      return free.get(JAVA_LONG, 0);
    }
  }

  /** The address of new memory; empty if there is not enough. */
  OptionalLong allocate(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      int code = DriverCall.code(() -> (int) driver.cuMemAlloc().invokeExact(out, bytes));
      if (code == Fault.OUT_OF_MEMORY.code()) {
        return OptionalLong.empty();
      }
      check("cuMemAlloc", () -> code);
      return OptionalLong.of(out.get(JAVA_LONG, 0));
    }
  }

  void free(long address) {
    check("cuMemFree", () -> (int) driver.cuMemFree().invokeExact(address));
  }

  /** Memory of the host that the device reads and writes directly. */
  @SuppressWarnings("restricted")
  MemorySegment allocateHost(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_LONG);
      int code = DriverCall.code(() -> (int) driver.cuMemHostAlloc().invokeExact(out, bytes, 0));
      if (code == Fault.OUT_OF_MEMORY.code()) {
        throw new DeviceException(
            ErrorLocation.subject("cuda"),
            "%,d bytes of the host's memory cannot be pinned for the device".formatted(bytes),
            "Free memory of the host, or raise the limit of locked memory (ulimit -l).");
      }
      check("cuMemHostAlloc", () -> code);
      return MemorySegment.ofAddress(out.get(JAVA_LONG, 0)).reinterpret(bytes);
    }
  }

  void freeHost(MemorySegment memory) {
    check("cuMemFreeHost", () -> (int) driver.cuMemFreeHost().invokeExact(memory));
  }

  void copyToDevice(long target, MemorySegment source, long bytes, long stream) {
    check(
        "cuMemcpyHtoDAsync",
        () -> (int) driver.cuMemcpyHtoDAsync().invokeExact(target, source, bytes, stream));
  }

  void copyToHost(MemorySegment target, long source, long bytes, long stream) {
    check(
        "cuMemcpyDtoHAsync",
        () -> (int) driver.cuMemcpyDtoHAsync().invokeExact(target, source, bytes, stream));
  }

  void copyOnDevice(long target, long source, long bytes, long stream) {
    check(
        "cuMemcpyDtoDAsync",
        () -> (int) driver.cuMemcpyDtoDAsync().invokeExact(target, source, bytes, stream));
  }

  void fillBytes(long target, byte value, long count, long stream) {
    check(
        "cuMemsetD8Async",
        () -> (int) driver.cuMemsetD8Async().invokeExact(target, value, count, stream));
  }

  void fillInts(long target, int value, long count, long stream) {
    check(
        "cuMemsetD32Async",
        () -> (int) driver.cuMemsetD32Async().invokeExact(target, value, count, stream));
  }

  /**
   * A stream.
   *
   * @param flags 1: it does not wait for the default stream
   */
  long createStream(int flags) {
    return getLong("cuStreamCreate", out -> (int) driver.cuStreamCreate().invokeExact(out, flags));
  }

  void destroyStream(long stream) {
    check("cuStreamDestroy", () -> (int) driver.cuStreamDestroy().invokeExact(stream));
  }

  void synchronize(long stream) {
    check("cuStreamSynchronize", () -> (int) driver.cuStreamSynchronize().invokeExact(stream));
  }

  /**
   * Records what is queued from now on instead of running it.
   *
   * @param mode 2: other calls are allowed meanwhile
   */
  void beginCapture(long stream, int mode) {
    check(
        "cuStreamBeginCapture",
        () -> (int) driver.cuStreamBeginCapture().invokeExact(stream, mode));
  }

  long endCapture(long stream) {
    return getLong(
        "cuStreamEndCapture", out -> (int) driver.cuStreamEndCapture().invokeExact(stream, out));
  }

  long instantiate(long graph) {
    return getLong(
        "cuGraphInstantiateWithFlags",
        out -> (int) driver.cuGraphInstantiateWithFlags().invokeExact(out, graph, 0L));
  }

  void launchGraph(long executable, long stream) {
    check("cuGraphLaunch", () -> (int) driver.cuGraphLaunch().invokeExact(executable, stream));
  }

  void destroyGraph(long graph) {
    check("cuGraphDestroy", () -> (int) driver.cuGraphDestroy().invokeExact(graph));
  }

  void destroyExecutable(long executable) {
    check("cuGraphExecDestroy", () -> (int) driver.cuGraphExecDestroy().invokeExact(executable));
  }

  long createEvent() {
    return getLong("cuEventCreate", out -> (int) driver.cuEventCreate().invokeExact(out, 0));
  }

  void record(long event, long stream) {
    check("cuEventRecord", () -> (int) driver.cuEventRecord().invokeExact(event, stream));
  }

  void await(long event) {
    check("cuEventSynchronize", () -> (int) driver.cuEventSynchronize().invokeExact(event));
  }

  /** Milliseconds between two events that have happened. */
  float milliseconds(long begin, long end) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(JAVA_FLOAT);
      check(
          "cuEventElapsedTime",
          () -> (int) driver.cuEventElapsedTime().invokeExact(time, begin, end));
      return time.get(JAVA_FLOAT, 0);
    }
  }

  void destroyEvent(long event) {
    check("cuEventDestroy", () -> (int) driver.cuEventDestroy().invokeExact(event));
  }
}
