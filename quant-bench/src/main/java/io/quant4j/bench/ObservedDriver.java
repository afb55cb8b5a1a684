package io.quant4j.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.quant4j.kernels.cuda.driver.CudaDriver;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A driver that hands every call on and writes down what a recorded pass consists of. The launches
 * of the latest record can be put into another stream again. Not thread-safe.
 */
final class ObservedDriver {
  private static final int PARAMETERS = 32;
  private static final int SLOT = 8;

  /** Where CUlaunchConfig has the threads of a block and the bytes of shared memory, in ints. */
  private static final int CONFIG_BLOCK = 3;

  private static final int CONFIG_SHARED = 6;

  /**
   * A kernel in a recorded pass.
   *
   * @param parameters addresses of the values, which are kept
   */
  record Launch(
      String kernel,
      long function,
      int x,
      int y,
      int z,
      int block,
      int shared,
      MemorySegment parameters) {

    /** Launches of one kind do the same work on other weights. */
    Kind kind() {
      return new Kind(kernel, function, x, y, z);
    }
  }

  /** A kernel, which another module may have under the same name, and its grid. */
  record Kind(String kernel, long function, int x, int y, int z) {}

  private final CudaDriver target;
  private final Arena arena = Arena.ofShared();
  private final Map<Long, String> names = new HashMap<>();
  private List<Launch> record = new ArrayList<>();
  private boolean recording;
  private boolean timing;
  private long begin;
  private long end;
  private long lastStream;

  ObservedDriver(CudaDriver target) {
    this.target = target;
  }

  /** The functions to give to whoever is observed. */
  CudaDriver driver() {
    return CudaDriver.of(this::function);
  }

  private MethodHandle function(String name, FunctionDescriptor type) {
    try {
      String plain = name.replaceFirst("_v\\d$", "");
      MethodHandle known = (MethodHandle) CudaDriver.class.getMethod(plain).invoke(target);
      return switch (plain) {
        case "cuLaunchKernel",
            "cuLaunchKernelEx",
            "cuModuleGetFunction",
            "cuStreamCreate",
            "cuGraphLaunch",
            "cuStreamBeginCapture",
            "cuStreamEndCapture" ->
            MethodHandles.lookup().bind(this, plain, known.type());
        default -> known;
      };
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type.toString(), e);
    }
  }

  /** Lets events lie around each launch of a graph, or not. */
  void timeGraphs(boolean on) {
    timing = on;
  }

  /** Microseconds on the device of the latest graph that was timed; it must have ended. */
  double graphMicroseconds() throws Throwable {
    MemorySegment time = arena.allocate(JAVA_FLOAT);
    check((int) target.cuEventElapsedTime().invokeExact(time, begin, end));
    return 1e3 * time.get(JAVA_FLOAT, 0);
  }

  private long newEvent() throws Throwable {
    MemorySegment event = arena.allocate(JAVA_LONG);
    check((int) target.cuEventCreate().invokeExact(event, 0));
    return event.get(JAVA_LONG, 0);
  }

  private static void check(int code) {
    if (code != 0) {
      throw new IllegalStateException("the driver reports code " + code);
    }
  }

  /** The kernels of the latest recorded pass, in order. */
  List<Launch> launches() {
    return List.copyOf(record);
  }

  /** The stream that was created last. */
  long lastStream() {
    return lastStream;
  }

  /** Puts a kernel into a stream once more. */
  void repeat(Launch launch, long stream) throws Throwable {
    check(
        (int)
            target
                .cuLaunchKernel()
                .invokeExact(
                    launch.function,
                    launch.x,
                    launch.y,
                    launch.z,
                    launch.block,
                    1,
                    1,
                    launch.shared,
                    stream,
                    launch.parameters,
                    MemorySegment.NULL));
  }

  // What stands in for functions of the driver, by their names and types.

  @SuppressWarnings("UnusedMethod") // bound by name
  private int cuLaunchKernel(
      long function,
      int x,
      int y,
      int z,
      int block,
      int blockY,
      int blockZ,
      int shared,
      long stream,
      MemorySegment parameters,
      MemorySegment extra)
      throws Throwable {
    note(function, x, y, z, block, shared, parameters);
    return (int)
        target
            .cuLaunchKernel()
            .invokeExact(
                function, x, y, z, block, blockY, blockZ, shared, stream, parameters, extra);
  }

  @SuppressWarnings("UnusedMethod") // bound by name
  private int cuLaunchKernelEx(
      MemorySegment config, long function, MemorySegment parameters, MemorySegment extra)
      throws Throwable {
    note(
        function,
        config.getAtIndex(JAVA_INT, 0),
        config.getAtIndex(JAVA_INT, 1),
        config.getAtIndex(JAVA_INT, 2),
        config.getAtIndex(JAVA_INT, CONFIG_BLOCK),
        config.getAtIndex(JAVA_INT, CONFIG_SHARED),
        parameters);
    return (int) target.cuLaunchKernelEx().invokeExact(config, function, parameters, extra);
  }

  private void note(
      long function, int x, int y, int z, int block, int shared, MemorySegment parameters) {
    if (recording) {
      String name = Objects.requireNonNullElse(names.get(function), "?");
      record.add(new Launch(name, function, x, y, z, block, shared, kept(parameters)));
    }
  }

  /** The launcher keeps all its values in slots of eight bytes and uses them again. */
  @SuppressWarnings("restricted")
  private MemorySegment kept(MemorySegment parameters) {
    MemorySegment values = arena.allocate(PARAMETERS * SLOT, SLOT);
    MemorySegment pointers = arena.allocate(ADDRESS, PARAMETERS);
    for (int i = 0; i < PARAMETERS; i++) {
      MemorySegment value = parameters.getAtIndex(ADDRESS, i).reinterpret(SLOT);
      values.set(JAVA_LONG, (long) i * SLOT, value.get(JAVA_LONG, 0));
      pointers.setAtIndex(ADDRESS, i, values.asSlice((long) i * SLOT, SLOT));
    }
    return pointers;
  }

  @SuppressWarnings("UnusedMethod") // bound by name
  private int cuModuleGetFunction(MemorySegment out, long module, MemorySegment name)
      throws Throwable {
    int code = (int) target.cuModuleGetFunction().invokeExact(out, module, name);
    names.put(out.get(ADDRESS, 0).address(), name.getString(0));
    return code;
  }

  @SuppressWarnings("UnusedMethod") // bound by name
  private int cuStreamCreate(MemorySegment out, int flags) throws Throwable {
    int code = (int) target.cuStreamCreate().invokeExact(out, flags);
    lastStream = out.get(JAVA_LONG, 0);
    return code;
  }

  @SuppressWarnings("UnusedMethod") // bound by name
  private int cuStreamBeginCapture(long stream, int mode) throws Throwable {
    record = new ArrayList<>();
    recording = true;
    return (int) target.cuStreamBeginCapture().invokeExact(stream, mode);
  }

  @SuppressWarnings("UnusedMethod") // bound by name
  private int cuStreamEndCapture(long stream, MemorySegment out) throws Throwable {
    recording = false;
    return (int) target.cuStreamEndCapture().invokeExact(stream, out);
  }

  @SuppressWarnings("UnusedMethod") // bound by name
  private int cuGraphLaunch(long graph, long stream) throws Throwable {
    if (!timing) {
      return (int) target.cuGraphLaunch().invokeExact(graph, stream);
    }
    if (begin == 0) {
      begin = newEvent();
      end = newEvent();
    }
    check((int) target.cuEventRecord().invokeExact(begin, stream));
    int code = (int) target.cuGraphLaunch().invokeExact(graph, stream);
    check((int) target.cuEventRecord().invokeExact(end, stream));
    return code;
  }
}
