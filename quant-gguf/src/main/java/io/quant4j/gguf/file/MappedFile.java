package io.quant4j.gguf.file;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.ModelIoException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;

/** A whole file mapped read-only, of any size. Thread-safe. */
public final class MappedFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final MemorySegment bytes;
  private final AtomicBoolean closed = new AtomicBoolean();

  private MappedFile(Path path, Arena arena, MemorySegment bytes) {
    this.path = path;
    this.arena = arena;
    this.bytes = bytes;
  }

  /**
   * Maps a file.
   *
   * @throws ModelIoException if the system refuses to read it
   */
  public static MappedFile open(Path path) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new ModelIoException(
          ErrorLocation.of(path), "the path names a directory or device", "Name the file itself.");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new MappedFile(
          path, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException e) {
      arena.close();
      throw new ModelIoException(
          ErrorLocation.of(path),
          "the file cannot be read (" + e + ")",
          "Check that it exists and that its permissions allow to read it.",
          e);
    }
  }

  /** The file as the caller named it. */
  public Path path() {
    return path;
  }

  /** The whole file, valid until {@link #close()}. */
  public MemorySegment bytes() {
    return bytes;
  }

  /** Unmaps the file. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      arena.close();
    }
  }
}
