package io.quant4j.gguf.file;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.error.OperationCancelledException;
import io.quant4j.api.error.QuantException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file that grows beside its target under another name and takes the target's place in one step.
 * {@link #write} may be called by several threads; the other methods by one.
 */
public final class PendingFile implements AutoCloseable {
  /** Small enough that the copies which the JDK makes of heap memory stay small. */
  private static final long CHUNK = 1 << 20;

  private static final String DISK = "Check free space, quota and permissions of the disk.";

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private boolean moved;

  private PendingFile(Path target, Path temporary, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
  }

  /**
   * Creates the temporary file {@code .<target>.<random>.tmp} with its final size; what is not
   * written reads as zeros.
   *
   * @param byteSize of the finished file
   * @throws ModelIoException if there is no room for it or the system refuses
   */
  public static PendingFile create(Path target, long byteSize) {
    requireSpace(target, byteSize);
    return create(target, temporaryBeside(target), byteSize);
  }

  /** A new name beside the target that no one takes for a model. */
  static Path temporaryBeside(Path target) {
    String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    return target.resolveSibling("." + target.getFileName() + "." + random + ".tmp");
  }

  /**
   * As {@link #create(Path, long)}, under a given name on the same disk and without a look at it.
   */
  static PendingFile create(Path target, Path temporary, long byteSize) {
    if (Files.isDirectory(target)) {
      throw new ModelIoException(
          ErrorLocation.of(target), "the target is a directory", "Name a file in it.");
    }
    try {
      return create(
          target,
          temporary,
          byteSize,
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw ioError(target, "no file can be created beside the target", e);
    }
  }

  /**
   * As above, on a channel to the temporary file.
   *
   * @param channel closed with this file
   */
  static PendingFile create(Path target, Path temporary, long byteSize, FileChannel channel) {
    PendingFile file = new PendingFile(target, temporary, channel);
    try {
      if (byteSize > 0) {
        file.write(byteSize - 1, MemorySegment.ofArray(new byte[1]));
      }
      return file;
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /**
   * Refuses what the disk has no room for, as far as it says.
   *
   * @param byteSize of everything to be written
   */
  static void requireSpace(Path target, long byteSize) {
    Path parent = target.toAbsolutePath().getParent();
    long free = 0;
    try {
      if (parent != null) {
        free = Files.getFileStore(parent).getUsableSpace();
      }
    } catch (IOException e) {
      // Not every file system tells; writing will show.
      return;
    }
    if (free > 0 && free < byteSize) {
      throw new ModelIoException(
          ErrorLocation.of(target),
          "the file needs %d bytes, but its disk has only %d left".formatted(byteSize, free),
          "Make room, or write to another disk.");
    }
  }

  /** The path under which the file can be read before it is moved. */
  public Path path() {
    return temporary;
  }

  /**
   * Writes bytes at a position.
   *
   * @param position from the start of the file, in bytes
   * @throws OperationCancelledException if the calling thread is interrupted
   * @throws ModelIoException if the system refuses
   */
  public void write(long position, MemorySegment bytes) {
    try {
      for (long done = 0; done < bytes.byteSize(); ) {
        long length = Math.min(CHUNK, bytes.byteSize() - done);
        ByteBuffer buffer = bytes.asSlice(done, length).asByteBuffer();
        while (buffer.hasRemaining()) {
          done += channel.write(buffer, position + done);
        }
      }
    } catch (IOException e) {
      throw ioError(target, "the file cannot be written", e);
    }
  }

  /** Forces everything to disk and closes the file for writing. */
  public void finish() {
    try {
      channel.force(true);
      channel.close();
    } catch (IOException e) {
      throw ioError(target, "the file cannot be forced to disk", e);
    }
  }

  /** Gives the finished file the target's name, replacing what has it. */
  public void moveToTarget() {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      moved = true;
    } catch (AtomicMoveNotSupportedException e) {
      throw new ModelIoException(
          ErrorLocation.of(target),
          "this file system cannot replace a file in one step (" + e.getReason() + ")",
          "Write to a local disk and copy the file from there.",
          e);
    } catch (IOException e) {
      throw ioError(target, "the finished file cannot be given its name", e);
    }
  }

  /** The path that the file is meant for. */
  Path target() {
    return target;
  }

  /** Whether the file has the target's name. */
  boolean isMoved() {
    return moved;
  }

  /** Undoes {@link #moveToTarget}; what was there before is gone. */
  void moveBack() {
    try {
      Files.move(target, temporary, StandardCopyOption.ATOMIC_MOVE);
      moved = false;
    } catch (IOException e) {
      throw ioError(target, "the file cannot be taken back", e);
    }
  }

  static QuantException ioError(Path target, String reason, IOException cause) {
    if (cause instanceof ClosedByInterruptException) {
      return new OperationCancelledException(
          ErrorLocation.of(target),
          "the thread was interrupted while it wrote",
          "Nothing is left behind; start the operation again.",
          cause);
    }
    return new ModelIoException(ErrorLocation.of(target), reason + " (" + cause + ")", DISK, cause);
  }

  /** Deletes the file unless it was moved. Idempotent and quiet. */
  @Override
  public void close() {
    try (channel) {
      if (!moved) {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // The system keeps the file; there is nobody to tell on a close that has to be quiet.
      moved = true;
    }
  }
}
