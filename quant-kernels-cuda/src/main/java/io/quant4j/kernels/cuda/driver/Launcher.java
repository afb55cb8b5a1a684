package io.quant4j.kernels.cuda.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Puts launches of kernels into a stream: a kernel is named, its parameters follow in their order,
 * {@link #launch} ends it. The driver copies parameters, so their memory is used again. Not
 * thread-safe.
 */
public final class Launcher implements AutoCloseable {
  private static final int MOST_PARAMETERS = 32;
  private static final int SLOT = 8;

  private final Cuda cuda;
  private final Stream stream;
  private final MethodHandle launch;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment values = arena.allocate(MOST_PARAMETERS * SLOT, SLOT);
  private final MemorySegment pointers = arena.allocate(ADDRESS, MOST_PARAMETERS);
  private long kernel;
  private int count;

  /** Launches into the stream of a device. */
  public Launcher(DeviceContext context) {
    this.stream = context.stream();
    this.cuda = stream.cuda();
    this.launch = cuda.driver().cuLaunchKernel();
    for (int i = 0; i < MOST_PARAMETERS; i++) {
      pointers.setAtIndex(ADDRESS, i, values.asSlice((long) i * SLOT, SLOT));
    }
  }

  /**
   * Begins a launch.
   *
   * @param handle of a kernel, from {@link CudaModule#kernel}
   */
  public Launcher of(long handle) {
    kernel = handle;
    count = 0;
    return this;
  }

  /** A device address, or 0 for none. */
  public Launcher pointer(long address) {
    values.setAtIndex(JAVA_LONG, count++, address);
    return this;
  }

  public Launcher longs(long value) {
    values.setAtIndex(JAVA_LONG, count++, value);
    return this;
  }

  public Launcher ints(int value) {
    values.set(JAVA_INT, (long) count++ * SLOT, value);
    return this;
  }

  public Launcher floats(float value) {
    values.set(JAVA_FLOAT, (long) count++ * SLOT, value);
    return this;
  }

  /** Queues the kernel; an empty grid is nothing to do. */
  public void launch(Grid grid) {
    if (grid.isEmpty()) {
      return;
    }
    cuda.check(
        "cuLaunchKernel",
        () ->
            (int)
                launch.invokeExact(
                    kernel,
                    grid.x(),
                    grid.y(),
                    grid.z(),
                    grid.block(),
                    1,
                    1,
                    grid.sharedBytes(),
                    stream.handle(),
                    pointers,
                    MemorySegment.NULL));
  }

  @Override
  public void close() {
    arena.close();
  }
}
