package io.quant4j.kernels.cuda.op;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.kernels.cuda.driver.DeviceContext;
import io.quant4j.kernels.cuda.driver.DeviceMemory;
import io.quant4j.kernels.cuda.driver.Launcher;
import io.quant4j.kernels.cuda.driver.Stream;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the operations of a device share: the device itself, scratch memory, and the pass that is
 * being run. One thread works at a time; {@link #enter} waits for its turn.
 */
final class Work {

  /** The right to work, given back by closing it. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /** Blocks of products on tensor cores do best with several tiles of rows each. */
  private static final int ROW_BLOCKS_OF_MULTIPROCESSOR = 2;

  private final DeviceContext context;
  private final Launcher launcher;
  private final Scratch scratch;
  private final ReentrantLock lock = new ReentrantLock();
  private final Turn turn = this::leave;
  private @Nullable CudaSequence running;
  private boolean closed;

  Work(DeviceContext context) {
    this.context = context;
    this.launcher = new Launcher(context);
    this.scratch = new Scratch(context);
  }

  /**
   * Waits until this thread may work.
   *
   * @throws InvalidRequestException if everything is closed
   * @throws io.quant4j.api.error.DeviceException if a fault has ended the use of the device
   */
  Turn enter() {
    lock.lock();
    try {
      if (lock.getHoldCount() == 1) {
        requireOpen();
        context.requireUsable();
        context.enter();
      }
      return turn;
    } catch (RuntimeException | Error e) {
      lock.unlock();
      throw e;
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new InvalidRequestException(
          ErrorLocation.subject(context.facts().name()),
          "the device is closed",
          "Close sessions before their model, or load it again.");
    }
  }

  private void leave() {
    try {
      if (lock.getHoldCount() == 1) {
        context.leave();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Gives back what was taken, unless everything is closed, and so given back, already. */
  void release(Supplier<List<Runnable>> steps) {
    lock.lock();
    try {
      if (!closed) {
        context.release(steps.get());
      }
    } finally {
      lock.unlock();
    }
  }

  DeviceContext context() {
    return context;
  }

  Stream stream() {
    return context.stream();
  }

  DeviceMemory memory() {
    return context.memory();
  }

  Scratch scratch() {
    return scratch;
  }

  /** Whether there are tensor cores for the kernels that use them. */
  boolean hasTensorCores() {
    return context.facts().hasTensorCores();
  }

  /** Whether tensor cores multiply for whole warpgroups, and the driver knows of it. */
  boolean hasWarpgroupProducts() {
    return context.hasWarpgroupProducts();
  }

  /** Blocks over which the rows of products with a matrix are dealt at most. */
  int mostRowBlocks(CudaWeight weight) {
    return weight.module().endsWith("_mma")
        ? ROW_BLOCKS_OF_MULTIPROCESSOR * context.facts().multiprocessors()
        : Geometry.MOST_ROW_BLOCKS;
  }

  /** Begins the launch of a kernel. */
  Launcher kernel(String module, String kernel) {
    return launcher.of(context.module(module), kernel);
  }

  /** Begins the launch of a kernel with much dynamic shared memory. */
  Launcher kernel(String module, String kernel, int sharedBytes) {
    return launcher.of(context.module(module), kernel, sharedBytes);
  }

  /** The sequence whose pass is being run. */
  @Nullable CudaSequence running() {
    return running;
  }

  /** Says whose pass is being run from now on; null: nobody's. */
  void setRunning(@Nullable CudaSequence sequence) {
    running = sequence;
  }

  /** The address of the position of the first row of an operation. */
  long position(int firstPosition) {
    if (running != null && running.firstPosition() == firstPosition) {
      return running.position();
    }
    long address = scratch.take(Scratch.Use.POSITION, Integer.BYTES);
    stream().set(address, firstPosition);
    return address;
  }

  /**
   * Closes everything. Idempotent.
   *
   * @param steps what gives back what else was taken
   */
  void close(Supplier<List<Runnable>> steps) {
    lock.lock();
    try {
      if (!closed) {
        release(steps);
        closed = true;
        launcher.close();
        context.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
