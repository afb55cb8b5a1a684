package io.quant4j.kernels.cuda.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.quant4j.api.error.DeviceException;
import io.quant4j.api.error.ErrorLocation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Kernels that the driver has compiled for a device from one PTX text. Not thread-safe. */
public final class CudaModule implements AutoCloseable {
  private static final int LOG_BYTES = 8 << 10;
  private static final int ERROR_LOG_BUFFER = 5;
  private static final int ERROR_LOG_BUFFER_SIZE = 6;
  private static final int MAX_DYNAMIC_SHARED_BYTES = 8;

  private final Cuda cuda;
  private final String name;
  private final long handle;
  private final boolean overlapping;
  private final Map<String, Long> kernels = new HashMap<>();
  private final Set<String> widened = new HashSet<>();
  private boolean closed;

  private CudaModule(Cuda cuda, String name, long handle, boolean overlapping) {
    this.cuda = cuda;
    this.name = name;
    this.handle = handle;
    this.overlapping = overlapping;
  }

  /**
   * Compiles and loads a module into the current context.
   *
   * @param name for messages
   * @param ptx the text
   * @param overlapping whether its kernels wait themselves for those before them
   * @throws DeviceException with the compiler's log if the driver refuses it
   */
  static CudaModule load(Cuda cuda, String name, String ptx, boolean overlapping) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment log = arena.allocate(LOG_BYTES);
      MemorySegment options = arena.allocateFrom(JAVA_INT, ERROR_LOG_BUFFER, ERROR_LOG_BUFFER_SIZE);
      MemorySegment values = arena.allocateFrom(JAVA_LONG, log.address(), LOG_BYTES);
      MemorySegment module = arena.allocate(JAVA_LONG);
      MemorySegment text = arena.allocateFrom(ptx);
      int code =
          DriverCall.code(() ->
              (int)
                  cuda.driver().cuModuleLoadDataEx().invokeExact(module, text, 2, options, values));
      if (code != Cuda.SUCCESS) {
        throw new DeviceException(
            ErrorLocation.subject("module " + name),
            "cuModuleLoadDataEx failed: %s %s"
                .formatted(cuda.meaning(code), log.getString(0).strip())
                .strip(),
            Fault.of(code)
                .map(Fault::remedy)
                .orElse("Update the NVIDIA driver; the kernels need one for CUDA 11.4 or later."));
      }
      return new CudaModule(cuda, name, module.get(JAVA_LONG, 0), overlapping);
    }
  }

  /** Whether its kernels may begin before the one before them in the stream has ended. */
  public boolean isOverlapping() {
    return overlapping;
  }

  /**
   * The handle of a kernel.
   *
   * @throws DeviceException if the module has none of this name
   */
  public long kernel(String kernel) {
    return kernels.computeIfAbsent(kernel, this::find);
  }

  private long find(String kernel) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment function = arena.allocate(ADDRESS);
      MemorySegment text = arena.allocateFrom(kernel);
      cuda.check(
          "cuModuleGetFunction " + name + "." + kernel,
          () -> (int) cuda.driver().cuModuleGetFunction().invokeExact(function, handle, text));
      return function.get(JAVA_LONG, 0);
    }
  }

  /** The same for a kernel that takes dynamic shared memory beyond the usual limit. */
  public long kernel(String kernel, int sharedBytes) {
    long function = kernel(kernel);
    if (sharedBytes == 0 || widened.contains(kernel)) {
      return function;
    }
    cuda.check(
        "cuFuncSetAttribute " + name + "." + kernel,
        () ->
            (int)
                cuda.driver()
                    .cuFuncSetAttribute()
                    .invokeExact(function, MAX_DYNAMIC_SHARED_BYTES, sharedBytes));
    widened.add(kernel);
    return function;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      cuda.check("cuModuleUnload", () -> (int) cuda.driver().cuModuleUnload().invokeExact(handle));
    }
  }
}
