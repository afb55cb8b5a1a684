package io.quant4j.core.kernel;

import io.quant4j.api.spi.VectorPreparation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Prepares the vectors of an operation once for all its matrices, as the first of them wants that
 * offers prepared products of this size. Memory is kept for the next operation; the garbage
 * collector frees it when a larger one takes its place.
 */
final class HostPreparation implements Preparation {
  private static final int ALIGNMENT = 64;

  private final ThreadTeam team;
  private final AtomicReference<MemorySegment> free = new AtomicReference<>(MemorySegment.NULL);

  HostPreparation(ThreadTeam team) {
    this.team = team;
  }

  @Override
  public void with(Input input, Consumer<HostVectors> action) {
    Optional<VectorPreparation> preparation = wanted(input);
    if (preparation.isEmpty()) {
      action.accept(HostVectors.plain(input.x(), input.batch()));
      return;
    }
    MemorySegment memory = take(byteSize(preparation, input));
    try {
      action.accept(prepared(preparation, input, memory));
    } finally {
      free.set(memory);
    }
  }

  @Override
  public void with(List<Input> inputs, Consumer<List<HostVectors>> action) {
    List<Optional<VectorPreparation>> preparations =
        inputs.stream().map(HostPreparation::wanted).toList();
    long bytes = 0;
    for (int i = 0; i < inputs.size(); i++) {
      bytes += byteSize(preparations.get(i), inputs.get(i));
    }
    MemorySegment memory = bytes == 0 ? MemorySegment.NULL : take(bytes);
    try {
      List<HostVectors> vectors = new ArrayList<>();
      long at = 0;
      for (int i = 0; i < inputs.size(); i++) {
        long size = byteSize(preparations.get(i), inputs.get(i));
        vectors.add(prepared(preparations.get(i), inputs.get(i), memory.asSlice(at, size)));
        at += size;
      }
      action.accept(vectors);
    } finally {
      if (bytes > 0) {
        free.set(memory);
      }
    }
  }

  private static Optional<VectorPreparation> wanted(Input input) {
    List<HostWeight> weights = input.weights();
    for (int i = 0; i < weights.size(); i++) { // an iterator would be garbage
      Optional<VectorPreparation> preparation = weights.get(i).preparation(input.batch());
      if (preparation.isPresent()) {
        return preparation;
      }
    }
    return Optional.empty();
  }

  /** Bytes in memory for several inputs. */
  private static long byteSize(Optional<VectorPreparation> by, Input input) {
    long bytes = by.isPresent() ? by.get().byteSize(input.cols(), input.batch()) : 0;
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private HostVectors prepared(
      Optional<VectorPreparation> preparation, Input input, MemorySegment target) {
    if (preparation.isPresent()) {
      prepare(preparation.get(), input, target);
    }
    return new HostVectors(input.x(), input.batch(), preparation, target);
  }

  /** A single part is done sooner than threads would meet. */
  private void prepare(VectorPreparation by, Input input, MemorySegment target) {
    HostBuffer x = input.x();
    int cols = input.cols();
    int batch = input.batch();
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
