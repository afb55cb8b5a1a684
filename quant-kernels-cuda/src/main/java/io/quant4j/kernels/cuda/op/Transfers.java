package io.quant4j.kernels.cuda.op;

import io.quant4j.kernels.cuda.driver.DeviceContext;
import io.quant4j.kernels.cuda.driver.Event;
import io.quant4j.kernels.cuda.driver.HostMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves values between host and device through two pieces of host memory that the device reads
 * itself: one is filled while the other is on its way. Not thread-safe.
 */
final class Transfers {
  static final int CHUNK_BYTES = 16 << 20;

  private record Piece(HostMemory memory, Event free) {}

  private final DeviceContext context;
  private final List<Piece> pieces = new ArrayList<>();
  private int next;

  Transfers(DeviceContext context) {
    this.context = context;
  }

  /** A piece that the device no longer reads. */
  private Piece take() {
    if (pieces.size() < 2) {
      HostMemory memory = context.newHostMemory(CHUNK_BYTES);
      try {
        pieces.add(new Piece(memory, context.newEvent()));
      } catch (RuntimeException | Error e) {
        memory.close();
        throw e;
      }
    }
    Piece piece = pieces.get(next % pieces.size());
    next++;
    piece.free.await();
    return piece;
  }

  /** Receives parts of an upload that are in the stream. */
  @FunctionalInterface
  interface Part {
    /**
     * Queues what is to be done with a part.
     *
     * @param source host memory, until what was queued has run
     * @param at first byte of the part
     */
    void queue(MemorySegment source, long at);
  }

  /**
   * Sends bytes in parts.
   *
   * @param source read before this returns
   * @param granule each part but the last is a multiple of so many bytes
   */
  void upload(MemorySegment source, long granule, Part part) {
    long most = CHUNK_BYTES / granule * granule;
    for (long at = 0; at < source.byteSize(); at += most) {
      long bytes = Math.min(most, source.byteSize() - at);
      Piece piece = take();
      MemorySegment chunk = piece.memory.segment().asSlice(0, bytes);
      chunk.copyFrom(source.asSlice(at, bytes));
      part.queue(chunk, at);
      piece.free.record();
    }
  }

  /** Sends bytes to one place. */
  void upload(MemorySegment source, long target) {
    upload(
        source,
        1,
        (chunk, at) -> context.stream().copyToDevice(target + at, chunk, chunk.byteSize()));
  }

  /** Waits for all that is queued and brings floats. */
  void download(long source, float[] target, int targetOffset, int count) {
    int most = CHUNK_BYTES / Float.BYTES;
    for (int at = 0; at < count; at += most) {
      int part = Math.min(most, count - at);
      MemorySegment chunk = bring(source + (long) at * Float.BYTES, (long) part * Float.BYTES);
      MemorySegment.copy(chunk, ValueLayout.JAVA_FLOAT, 0, target, targetOffset + at, part);
    }
  }

  /** Waits for all that is queued and brings integers, at most what fits one piece. */
  int[] downloadInts(long source, int count) {
    return bring(source, (long) count * Integer.BYTES).toArray(ValueLayout.JAVA_INT);
  }

  private MemorySegment bring(long source, long bytes) {
    MemorySegment chunk = take().memory.segment().asSlice(0, bytes);
    context.stream().copyToHost(chunk, source, bytes);
    context.stream().synchronize();
    return chunk;
  }

  /** What gives the pieces back. */
  List<Runnable> closing() {
    List<Runnable> steps = new ArrayList<>();
    for (Piece piece : pieces) {
      steps.add(piece.free::close);
      steps.add(piece.memory::close);
    }
    steps.add(pieces::clear);
    return steps;
  }
}
