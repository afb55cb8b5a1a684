package io.quant4j.core.quantize;

import io.quant4j.api.CheckpointCheck;
import io.quant4j.api.CheckpointCheck.Damage;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.core.discovery.Extensions;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;

/** Reads all tensors of a checkpoint and looks for NaN and infinity. */
public final class FiniteCheck {
  private static final long NONE = Long.MAX_VALUE;

  private final Checkpoint checkpoint;
  private final List<Part> parts = new ArrayList<>();
  private final List<String> unchecked = new ArrayList<>();

  /** Index of the first bad block of each tensor. */
  private final AtomicLongArray firstBad;

  /** Some blocks of a tensor. */
  private record Part(int tensor, BlockFormat format, long first, long blocks) {}

  private FiniteCheck(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
    List<StoredTensor> tensors = checkpoint.tensors();
    firstBad = new AtomicLongArray(tensors.size());
    for (int i = 0; i < tensors.size(); i++) {
      firstBad.set(i, NONE);
      addParts(i, tensors.get(i));
    }
  }

  /** Checks everything with so many threads, the caller's included. */
  public static CheckpointCheck of(Checkpoint checkpoint, int threads) {
    FiniteCheck check = new FiniteCheck(checkpoint);
    ChunkQueue.handle(threads, check.parts.size(), () -> number -> check.read(number));
    return check.result();
  }

  private void addParts(int index, StoredTensor tensor) {
    Optional<BlockFormat> format = Extensions.installed().findFormat(tensor.info().format());
    if (format.isEmpty()) {
      unchecked.add(tensor.info().name());
      return;
    }
    int blockBytes = format.get().blockBytes();
    long blocks = tensor.info().byteSize() / blockBytes;
    long perPart = Math.max(1, TensorWork.CHUNK_BYTES / blockBytes);
    for (long first = 0; first < blocks; first += perPart) {
      parts.add(new Part(index, format.get(), first, Math.min(perPart, blocks - first)));
    }
  }

  private void read(int number) {
    Part part = parts.get(number);
    MemorySegment data = checkpoint.view(checkpoint.tensors().get(part.tensor)).data();
    long bad = part.format.firstNonFinite(data, part.first * part.format.blockBytes(), part.blocks);
    if (bad >= 0) {
      firstBad.accumulateAndGet(part.tensor, part.first + bad, Math::min);
    }
  }

  private CheckpointCheck result() {
    List<Damage> damages = new ArrayList<>();
    List<StoredTensor> tensors = checkpoint.tensors();
    for (int i = 0; i < tensors.size(); i++) {
      if (firstBad.get(i) != NONE) {
        StoredTensor tensor = tensors.get(i);
        BlockFormat format =
            Extensions.installed().findFormat(tensor.info().format()).orElseThrow();
        long element = firstBad.get(i) * format.blockElements();
        damages.add(new Damage(tensor.info().name(), element / tensor.info().shape().cols()));
      }
    }
    return new CheckpointCheck(damages, unchecked);
  }
}
