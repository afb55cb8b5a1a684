package io.quant4j.core.kernel;

import io.quant4j.api.spi.VectorPreparation;
import io.quant4j.api.spi.Weight;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Prepares the vectors of an operation once, by all threads, for all its matrices. Memory is kept
 * for the next operation; the garbage collector frees it when a larger one takes its place.
 */
final class HostPreparation {
  private static final int ALIGNMENT = 64;

  private final ThreadTeam team;
  private final AtomicReference<MemorySegment> free = new AtomicReference<>(MemorySegment.NULL);

  HostPreparation(ThreadTeam team) {
    this.team = team;
  }

  /**
   * Runs an operation on vectors that are prepared as the first of its matrices wants that offers
   * prepared products of this size.
   *
   * @param weights (rows of each, cols)
   * @param x (batch, cols)
   */
  void with(List<? extends Weight> weights, HostBuffer x, int batch, Consumer<HostVectors> action) {
    int cols = ((HostWeight) weights.getFirst()).cols();
    Optional<VectorPreparation> preparation =
        weights.stream().flatMap(w -> ((HostWeight) w).preparation(batch).stream()).findFirst();
    if (preparation.isEmpty()) {
      action.accept(HostVectors.plain(x, batch));
      return;
    }
    VectorPreparation by = preparation.get();
    MemorySegment memory = take(by.byteSize(cols, batch));
    try {
      prepare(by, x, cols, batch, memory);
      action.accept(new HostVectors(x, batch, preparation, memory));
    } finally {
      free.set(memory);
    }
  }

  /** A single part is done sooner than threads would meet. */
  private void prepare(
      VectorPreparation by, HostBuffer x, int cols, int batch, MemorySegment target) {
    int parts = by.parts(batch);
    if (parts == 1) {
      by.prepare(x.data(), x.offset(), cols, batch, target, 0, 1);
    } else {
      team.run(
          parts,
          (part, thread) -> by.prepare(x.data(), x.offset(), cols, batch, target, part, part + 1));
    }
  }

  /** Operations that run at the same time have memory of their own. */
  private MemorySegment take(long bytes) {
    MemorySegment kept = free.getAndSet(MemorySegment.NULL);
    return kept.byteSize() >= bytes ? kept : Arena.ofAuto().allocate(bytes, ALIGNMENT);
  }
}
