package io.quant4j.core.kernel;

import io.quant4j.api.spi.PreparedMatMul;
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
   * Runs an operation on vectors that are prepared if its first matrix offers prepared products of
   * this size.
   *
   * @param weights (rows of each, cols)
   * @param x (batch, cols)
   */
  void with(List<? extends Weight> weights, HostBuffer x, int batch, Consumer<HostVectors> action) {
    HostWeight first = (HostWeight) weights.getFirst();
    int cols = first.cols();
    Optional<VectorPreparation> preparation =
        first.prepared().map(PreparedMatMul::preparation).filter(p -> p.accepts(cols, batch));
    if (preparation.isEmpty()) {
      action.accept(HostVectors.plain(x, batch));
      return;
    }
    VectorPreparation by = preparation.get();
    MemorySegment memory = take(by.byteSize(cols, batch));
    try {
      team.run(
          by.parts(batch),
          (part, thread) -> by.prepare(x.data(), x.offset(), cols, batch, memory, part, part + 1));
      action.accept(new HostVectors(x, batch, preparation, memory));
    } finally {
      free.set(memory);
    }
  }

  /** Operations that run at the same time have memory of their own. */
  private MemorySegment take(long bytes) {
    MemorySegment kept = free.getAndSet(MemorySegment.NULL);
    return kept.byteSize() >= bytes ? kept : Arena.ofAuto().allocate(bytes, ALIGNMENT);
  }
}
