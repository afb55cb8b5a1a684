package io.quant4j.core.checkpoint;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.MappedMemoryWatcher.Watch;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.core.discovery.Extensions;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a checkpoint where they lie in mapped files, and work that reads them. Pages of a
 * file are read from the disk when they are first used, and can be gone by then. What was computed
 * from them is then of no use, and the work ends with an exception. Thread-safe.
 */
public final class MappedTensors implements AutoCloseable {
  /** What may lie between two tensors of a file: padding, or the header of the next file. */
  private static final long GAP = 1 << 16;

  /** How the JVM begins to say that a page is gone. */
  private static final String FAULT = "a fault occurred";

  private final Path path;
  private final List<Part> parts = new ArrayList<>();

  /** Memory that is watched, and the file to which it belongs. */
  private record Part(Path file, Watch watch) {}

  /** A tensor in mapped memory. */
  private record Mapped(Path file, MemorySegment bytes) {
    long begin() {
      return bytes.address();
    }

    long end() {
      return begin() + bytes.byteSize();
    }
  }

  private MappedTensors(Path path) {
    this.path = path;
  }

  /**
   * Watches the tensors of a checkpoint as well as this system allows.
   *
   * @param checkpoint stays open until this is closed
   */
  public static MappedTensors of(Checkpoint checkpoint) {
    MappedTensors tensors = new MappedTensors(checkpoint.path());
    List<Mapped> all =
        checkpoint.tensors().stream()
            .flatMap(tensor -> mapped(checkpoint, tensor))
            .sorted(Comparator.comparingLong(Mapped::begin))
            .toList();
    for (int first = 0; first < all.size(); ) {
      int next = first + 1;
      long end = all.get(first).end();
      while (next < all.size() && all.get(next).begin() <= end + GAP) {
        end = Math.max(end, all.get(next).end());
        next++;
      }
      tensors.watch(all.get(first), end);
      first = next;
    }
    return tensors;
  }

  private static Stream<Mapped> mapped(Checkpoint checkpoint, StoredTensor tensor) {
    try {
      MemorySegment bytes = checkpoint.view(tensor).data();
      Path file = checkpoint.files().get(checkpoint.file(tensor));
      return bytes.isMapped() ? Stream.of(new Mapped(file, bytes)) : Stream.empty();
    } catch (UnsupportedModelException e) {
      return Stream.empty(); // a data type that nothing reads
    }
  }

  private void watch(Mapped first, long end) {
    Extensions.installed().watchers().stream()
        .map(watcher -> watcher.watch(first.begin(), end - first.begin()))
        .flatMap(Optional::stream)
        .findFirst()
        .ifPresent(watch -> parts.add(new Part(first.file(), watch)));
  }

  /**
   * Does work that reads the tensors.
   *
   * @throws ModelIoException if a page of them is gone
   */
  public <R> R read(Supplier<R> work) {
    try {
      R result = work.get();
      check();
      return result;
    } catch (InternalError e) {
      String message = e.getMessage();
      if (message == null || !message.startsWith(FAULT)) {
        throw e;
      }
      throw lost(path, e);
    }
  }

  /** Does work without a result that reads the tensors, see {@link #read(Supplier)}. */
  public void read(Runnable work) {
    read(() -> {
      work.run();
      return path;
    });
  }

  /**
   * For work that has read tensors.
   *
   * @throws ModelIoException if a page of them was gone
   */
  public void check() {
    for (Part part : parts) {
      if (part.watch().hasLostPages()) {
        throw lost(part.file(), null);
      }
    }
  }

  private static ModelIoException lost(Path file, @Nullable Throwable cause) {
    return new ModelIoException(
        ErrorLocation.of(file),
        "a part of the file cannot be read any more: it was truncated, or its disk failed",
        "Close the model and load it again; replace model files by moving others in their place.",
        cause);
  }

  /** Ends the watch; the checkpoint may be closed then. Idempotent. */
  @Override
  public void close() {
    parts.forEach(part -> part.watch().close());
  }
}
