package io.quant4j.core.checkpoint.safetensors;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.ModelIoException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A safetensors file, mapped read-only: an unsigned 64-bit little-endian length N, a JSON header of
 * N bytes, then the data to the end of the file. Nothing is aligned.
 *
 * @param path the file
 * @param header checked against the file's length
 * @param data the bytes after the header, valid as long as the arena that the file was opened with
 */
record SafetensorsFile(Path path, SafetensorsHeader header, MemorySegment data) {
  private static final int LENGTH_BYTES = 8;

  /** The longest header that upstream reads. */
  static final int MAX_HEADER_BYTES = 100_000_000;

  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * Maps and checks a file; the data itself is not read.
   *
   * @param arena owns the mapping
   * @throws MalformedModelException if the file breaks the rules of the format
   * @throws ModelIoException if the system refuses to map it
   */
  static SafetensorsFile open(Path path, Arena arena) {
    MemorySegment file = map(path, arena);
    int headerBytes = headerBytes(path, file);
    byte[] json = file.asSlice(LENGTH_BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
    MemorySegment data = file.asSlice(LENGTH_BYTES + (long) headerBytes);
    return new SafetensorsFile(path, SafetensorsHeader.parse(path, json, data.byteSize()), data);
  }

  /** The stored bytes of an entry of this file's header. */
  MemorySegment bytes(SafetensorsEntry entry) {
    return data.asSlice(entry.begin(), entry.byteSize());
  }

  List<SafetensorsEntry> entries() {
    return header.entries();
  }

  private static MemorySegment map(Path path, Arena arena) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new ModelIoException(
          ErrorLocation.of(path),
          "the file cannot be mapped into memory: " + e.getMessage(),
          "Look at the file's permissions and at the limits of the system.",
          e);
    }
  }

  private static int headerBytes(Path path, MemorySegment file) {
    if (file.byteSize() <= LENGTH_BYTES) {
      throw malformed(path, "the file has only %d bytes".formatted(file.byteSize()));
    }
    long headerBytes = file.get(LENGTH, 0);
    if (headerBytes < 2 || headerBytes > MAX_HEADER_BYTES) {
      throw malformed(path, notSafetensors(file, headerBytes));
    }
    if (headerBytes > file.byteSize() - LENGTH_BYTES) {
      throw malformed(
          path,
          "the header takes %d bytes, but the file has only %d after its first 8"
              .formatted(headerBytes, file.byteSize() - LENGTH_BYTES));
    }
    return (int) headerBytes;
  }

  /**
   * Tells a web page or a Git LFS pointer that was saved in place of the model from other damage.
   */
  private static String notSafetensors(MemorySegment file, long headerBytes) {
    byte[] head = file.asSlice(0, Math.min(40, file.byteSize())).toArray(ValueLayout.JAVA_BYTE);
    String text = new String(head, StandardCharsets.ISO_8859_1);
    String start = text.lines().findFirst().orElse("");
    return start.length() >= LENGTH_BYTES && start.chars().allMatch(c -> c >= ' ' && c < 127)
        ? "the file begins with the text '%s', not with the length of a header".formatted(start)
        : "the header's length is stated as %s bytes, but must be 2 to %d"
            .formatted(Long.toUnsignedString(headerBytes), MAX_HEADER_BYTES);
  }

  private static MalformedModelException malformed(Path path, String reason) {
    return new MalformedModelException(
        ErrorLocation.of(path, 0),
        reason,
        "This is not a safetensors file, or not all of it; get it again.");
  }
}
