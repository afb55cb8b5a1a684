package io.quant4j.kernels.cuda.driver;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * Puts launches of kernels into a stream: a kernel is named, its parameters follow in their order,
 * {@link #launch} ends it. The driver copies parameters, so their memory is used again. Not
 * thread-safe.
 */
public final class Launcher implements AutoCloseable {
  private static final int MOST_PARAMETERS = 32;
  private static final int SLOT = 8;

  /** CUlaunchConfig: grid, block, shared memory, stream, attributes. */
  private static final StructLayout CONFIG =
      MemoryLayout.structLayout(
          MemoryLayout.sequenceLayout(3, JAVA_INT).withName("grid"),
          MemoryLayout.sequenceLayout(3, JAVA_INT).withName("block"),
          JAVA_INT.withName("sharedBytes"),
          MemoryLayout.paddingLayout(4),
          JAVA_LONG.withName("stream"),
          ADDRESS.withName("attributes"),
          JAVA_INT.withName("count"),
          MemoryLayout.paddingLayout(4));

  private static final long CONFIG_SHARED = CONFIG.byteOffset(groupElement("sharedBytes"));
  private static final long CONFIG_STREAM = CONFIG.byteOffset(groupElement("stream"));
  private static final long CONFIG_ATTRIBUTES = CONFIG.byteOffset(groupElement("attributes"));
  private static final long CONFIG_COUNT = CONFIG.byteOffset(groupElement("count"));

  /** CUlaunchAttribute: its number, and from byte 8 on a union of 64 bytes. */
  private static final int ATTRIBUTE_BYTES = 72;

  private static final int ATTRIBUTE_VALUE = 8;
  private static final int PROGRAMMATIC_STREAM_SERIALIZATION = 6;

  private final Cuda cuda;
  private final Stream stream;
  private final MethodHandle launch;
  private final MethodHandle launchWith;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment values = arena.allocate(MOST_PARAMETERS * SLOT, SLOT);
  private final MemorySegment pointers = arena.allocate(ADDRESS, MOST_PARAMETERS);
  private final MemorySegment config = arena.allocate(CONFIG);
  private long kernel;
  private boolean overlapping;
  private int count;

  /** Launches into the stream of a device. */
  public Launcher(DeviceContext context) {
    this.stream = context.stream();
    this.cuda = stream.cuda();
    this.launch = cuda.driver().cuLaunchKernel();
    this.launchWith = cuda.driver().cuLaunchKernelEx();
    MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, SLOT);
    attribute.set(JAVA_INT, 0, PROGRAMMATIC_STREAM_SERIALIZATION);
    attribute.set(JAVA_INT, ATTRIBUTE_VALUE, 1);
    config.set(JAVA_LONG, CONFIG_STREAM, stream.handle());
    config.set(ADDRESS, CONFIG_ATTRIBUTES, attribute);
    config.set(JAVA_INT, CONFIG_COUNT, 1);
    for (int i = 0; i < MOST_PARAMETERS; i++) {
      pointers.setAtIndex(ADDRESS, i, values.asSlice((long) i * SLOT, SLOT));
    }
  }

  /** Begins a launch of a kernel. */
  public Launcher of(CudaModule module, String name) {
    return of(module, name, 0);
  }

  /** Begins a launch of a kernel with so much dynamic shared memory, which may be much. */
  public Launcher of(CudaModule module, String name, int sharedBytes) {
    kernel = module.kernel(name, sharedBytes);
    overlapping = module.isOverlapping();
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
    if (overlapping) {
      launchOverlapping(grid);
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

  private void launchOverlapping(Grid grid) {
    config.setAtIndex(JAVA_INT, 0, grid.x());
    config.setAtIndex(JAVA_INT, 1, grid.y());
    config.setAtIndex(JAVA_INT, 2, grid.z());
    config.setAtIndex(JAVA_INT, 3, grid.block());
    config.setAtIndex(JAVA_INT, 4, 1);
    config.setAtIndex(JAVA_INT, 5, 1);
    config.set(JAVA_INT, CONFIG_SHARED, grid.sharedBytes());
    cuda.check(
        "cuLaunchKernelEx",
        () -> (int) launchWith.invokeExact(config, kernel, pointers, MemorySegment.NULL));
  }

  @Override
  public void close() {
    arena.close();
  }
}
