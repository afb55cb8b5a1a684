package io.quant4j.gguf;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceMatrix.Entry;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.gguf.file.MappedFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the format of {@link LegacyImportanceMatrix}; every length is held against the file. */
final class LegacyReader {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Real models have up to some thousands of matrices, with names of some dozens of bytes. */
  private static final int PLAUSIBLE_ENTRIES = 1 << 20;

  private static final int PLAUSIBLE_NAME = 256;
  private static final int HEAD = 2 * Integer.BYTES;

  private final Path path;
  private final MemorySegment bytes;
  private long position;

  LegacyReader(MappedFile file) {
    path = file.path();
    bytes = file.bytes();
  }

  /**
   * Whether a file that begins so may be one.
   *
   * @param head the first bytes of a file
   */
  static boolean looksLikeOne(byte[] head) {
    if (head.length <= HEAD) {
      return false;
    }
    ByteBuffer numbers = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    int entries = numbers.getInt(0);
    int nameBytes = numbers.getInt(Integer.BYTES);
    if (entries < 1 || entries > PLAUSIBLE_ENTRIES || nameBytes < 1 || nameBytes > PLAUSIBLE_NAME) {
      return false;
    }
    for (int i = HEAD; i < Math.min(head.length, HEAD + nameBytes); i++) {
      if (head[i] <= ' ' || head[i] == 0x7f) {
        return false;
      }
    }
    return true;
  }

  ImportanceMatrix read() {
    int count = readInt("the number of entries");
    if (count < 1) {
      throw malformed(0, "a file of %d entries".formatted(count));
    }
    SortedMap<String, Entry> entries = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      readEntry(entries, "entry %d of %d".formatted(i + 1, count));
    }
    if (position == bytes.byteSize()) {
      return new ImportanceMatrix(List.of(), 0, 0, entries);
    }
    int chunks = readInt("the number of windows");
    String dataset = readText(0, "the name of the text");
    if (position != bytes.byteSize()) {
      throw malformed(position, "%d bytes follow the end".formatted(bytes.byteSize() - position));
    }
    List<String> datasets = dataset.isEmpty() ? List.of() : List.of(dataset);
    return new ImportanceMatrix(datasets, Math.max(0, chunks), 0, entries);
  }

  private void readEntry(SortedMap<String, Entry> entries, String which) {
    long start = position;
    String name = readText(1, "the name of " + which);
    int chunks = readInt("the windows of " + which);
    long countOffset = position;
    int values = readInt("the number of values of " + which);
    if (values < 1) {
      throw malformed(countOffset, "'%s' has %d values".formatted(name, values));
    }
    long valuesOffset = position;
    float[] sums = FloatBytes.read(next((long) values * Float.BYTES, "the values of " + which));
    ImportanceChecks.requireSums(sums, path, valuesOffset, name);
    // Where no windows are stated, upstream takes the values for the means that they are.
    Entry entry = new Entry(sums, new float[] {Math.max(1, chunks)});
    if (entries.put(name, entry) != null) {
      throw malformed(start, "'%s' occurs twice".formatted(name));
    }
  }

  private String readText(int least, String what) {
    long start = position;
    int length = readInt("the length of " + what);
    if (length < least) {
      throw malformed(start, "%s has a length of %d bytes".formatted(what, length));
    }
    byte[] utf8 = next(length, what).toArray(ValueLayout.JAVA_BYTE);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw malformed(start, what + " is not UTF-8");
    }
  }

  private int readInt(String what) {
    return next(Integer.BYTES, what).get(INT, 0);
  }

  private MemorySegment next(long count, String what) {
    if (count > bytes.byteSize() - position) {
      throw malformed(
          position,
          "the file ends inside %s: it needs %d bytes and %d are left"
              .formatted(what, count, bytes.byteSize() - position));
    }
    MemorySegment slice = bytes.asSlice(position, count);
    position += count;
    return slice;
  }

  private MalformedModelException malformed(long offset, String reason) {
    return new MalformedModelException(
        ErrorLocation.of(path, offset),
        reason,
        "It is no importance matrix, or damaged: make or get it again.");
  }
}
