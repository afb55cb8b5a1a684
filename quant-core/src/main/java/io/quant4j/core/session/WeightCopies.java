package io.quant4j.core.session;

import io.quant4j.api.Progress;
import io.quant4j.api.ProgressListener;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.kernel.HostOperations;
import io.quant4j.core.kernel.ThreadTeam;
import io.quant4j.core.memory.AvailableMemory;
import io.quant4j.core.memory.HugePages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The matrices of the layers that run on the host, copied from the mapped file into memory of our
 * own. What has been copied is let go of in the mapping, so that no page of it is resident twice.
 */
final class WeightCopies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WeightCopies.class);

  /** Bytes that a thread copies at once: some huge pages, and little that is resident twice. */
  private static final long CHUNK = 4 * HugePages.PAGE;

  /** Of each matrix: a cache line. */
  private static final long ALIGNMENT = 64;

  /** Heap, caches and buffers of a session, which are allocated later. */
  private static final long RESERVE = 256L << 20;

  private final CheckpointWeights weights;
  private final Arena arena = Arena.ofShared();
  private final Map<StoredTensor, TensorView> copies = new HashMap<>();

  private WeightCopies(CheckpointWeights weights) {
    this.weights = weights;
  }

  /**
   * Copies what runs on the host.
   *
   * @param team does it
   * @param listener told after each matrix; what it throws ends the work
   * @return owns the copies
   * @throws InvalidRequestException if there is too little memory; nothing has been copied then
   */
  static WeightCopies of(
      CheckpointWeights weights, Placement placement, ThreadTeam team, ProgressListener listener) {
    WeightCopies copies = new WeightCopies(weights);
    try {
      int layers = weights.checkpoint().metadata().layerCount();
      List<StoredTensor> matrices =
          weights.tensors().stream()
              .filter(tensor -> tensor.info().shape().rank() > 1)
              .filter(tensor ->
                  Compute.runner(placement, tensor.role().orElseThrow(), layers)
                      instanceof HostOperations)
              .toList();
      copies.copy(matrices, team, listener);
      return copies;
    } catch (RuntimeException | Error e) {
      copies.close();
      throw e;
    }
  }

  private static long padded(StoredTensor tensor) {
    return (tensor.info().byteSize() + ALIGNMENT - 1) & -ALIGNMENT;
  }

  private void copy(List<StoredTensor> matrices, ThreadTeam team, ProgressListener listener) {
    long begin = System.nanoTime();
    long total = matrices.stream().mapToLong(WeightCopies::padded).sum();
    checkFits(total + RESERVE, AvailableMemory.bytes());
    OptionalLong hugeBefore = HugePages.used();
    MemorySegment memory = HugePages.allocate(total, arena);
    long done = 0;
    for (StoredTensor matrix : matrices) {
      TensorView stored = weights.checkpoint().view(matrix);
      MemorySegment target = memory.asSlice(done, stored.data().byteSize());
      copy(stored.data(), target, team);
      copies.put(matrix, new TensorView(stored.format(), stored.shape(), target.asReadOnly()));
      done += padded(matrix);
      listener.progressed(
          new Progress("copy weights", matrix.info().name(), done, total, since(begin)));
    }
    LOG.info(
        "{} bytes of weights copied in {} ms, {} of them into huge pages",
        total,
        since(begin).toMillis(),
        hugeSince(hugeBefore));
  }

  /**
   * Refuses what cannot fit before anything is copied.
   *
   * @param available empty if unknown
   */
  static void checkFits(long needed, OptionalLong available) {
    if (available.isPresent() && needed > available.getAsLong()) {
      throw new InvalidRequestException(
          ErrorLocation.subject("weights"),
          "copying them needs %,d bytes of memory, with those of a session, and %,d are available"
              .formatted(needed, available.getAsLong()),
          "Leave the weights in the mapped file, or free memory.");
    }
  }

  private static void copy(MemorySegment source, MemorySegment target, ThreadTeam team) {
    int chunks = Math.toIntExact((source.byteSize() + CHUNK - 1) / CHUNK);
    team.run(
        chunks,
        (chunk, thread) -> {
          long at = chunk * CHUNK;
          long bytes = Math.min(CHUNK, source.byteSize() - at);
          MemorySegment part = source.asSlice(at, bytes);
          MemorySegment.copy(part, 0, target, at, bytes);
          if (part.isMapped()) {
            part.unload();
          }
        });
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private static String hugeSince(OptionalLong before) {
    OptionalLong now = HugePages.used();
    return before.isEmpty() || now.isEmpty()
        ? "an unknown number"
        : String.valueOf(now.getAsLong() - before.getAsLong());
  }

  /** The weights of the checkpoint, copied or not. */
  CheckpointWeights weights() {
    return weights.at(tensor -> {
      TensorView copy = copies.get(tensor);
      return copy == null ? weights.checkpoint().view(tensor) : copy;
    });
  }

  /** Frees the copies; nothing must use them any more. Idempotent. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
