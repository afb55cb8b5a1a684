package io.quant4j.contract;

import io.quant4j.api.error.QuantException;
import io.quant4j.api.spi.BlockFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of floats on their way through a format, and memory to put them in. */
final class StoredRows {
  static final byte GUARD = 0x5a;
  static final int GUARD_BYTES = 13;

  private StoredRows() {}

  /** Whether a block of an encoded row is named as not finite. */
  static boolean isReported(BlockFormat format, byte[] bytes, int block) {
    MemorySegment memory = MemorySegment.ofArray(bytes);
    return format.firstNonFinite(memory, (long) block * format.blockBytes(), 1) == 0;
  }

  /** Encodes a row into memory of its own, with {@link FormatInputs#importance} or without. */
  static byte[] encode(BlockFormat format, float[] row, boolean importance) {
    float @Nullable [] weights =
        importance ? FormatInputs.importance(row.length) : noImportance(format, row.length);
    byte[] bytes = new byte[(int) format.byteSize(row.length)];
    format.encode(row, 0, row.length, weights, MemorySegment.ofArray(bytes), 0);
    return bytes;
  }

  /** None, or where a format requires some, the same of every column. */
  static float @Nullable [] noImportance(BlockFormat format, int cols) {
    if (!format.requiresImportance()) {
      return null;
    }
    float[] same = new float[cols];
    Arrays.fill(same, 1);
    return same;
  }

  /** Encodes a row without importance; no bytes at all if the format refuses it. */
  static byte[] encodeIfPossible(BlockFormat format, float[] row) {
    try {
      return encode(format, row, false);
    } catch (QuantException refused) {
      return new byte[0];
    }
  }

  /** Decodes a row. */
  static float[] decode(BlockFormat format, byte[] bytes, int elements) {
    float[] decoded = new float[elements];
    format.decode(MemorySegment.ofArray(bytes), 0, decoded, 0, elements);
    return decoded;
  }

  /** {@code length} bytes between guards, all of them {@link #GUARD}. */
  static byte[] guarded(int length) {
    byte[] bytes = new byte[GUARD_BYTES + length + GUARD_BYTES];
    Arrays.fill(bytes, GUARD);
    return bytes;
  }

  /** Heap and native memory of this length, {@code shift} bytes off alignment. */
  static List<MemorySegment> memories(Arena arena, int length, int shift) {
    return List.of(
        MemorySegment.ofArray(new byte[length + shift]).asSlice(shift),
        arena.allocate(length + shift, 16).asSlice(shift));
  }
}
