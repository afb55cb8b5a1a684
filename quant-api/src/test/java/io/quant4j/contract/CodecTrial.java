package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.QuantException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.RowEncoder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Kernels that decode or encode must do as their format does.
 *
 * @param format the reference
 */
record CodecTrial(BlockFormat format) {
  private static final int[] BLOCKS = {0, 1, 2, 5};

  /** Elements that share a scale in the formats with the smallest groups. */
  private static final int GROUP = 16;

  /** More than kernels work on at once, and no multiple of their lanes. */
  private static final int MANY_GROUPS = 201;

  /** Holds a decoder against the format on stored rows and on arbitrary bytes. */
  void checkDecoder(RowDecoder decoder) {
    for (int blocks : BLOCKS) {
      int elements = blocks * format.blockElements();
      for (FormatInputs input : FormatInputs.values()) {
        byte[] stored = StoredRows.encodeIfPossible(format, input.row(elements));
        if (stored.length > 0) {
          checkDecoder(decoder, stored, elements, input.name());
        }
      }
      byte[] arbitrary = new byte[(int) format.byteSize(elements)];
      new SplittableRandom(5).nextBytes(arbitrary);
      checkDecoder(decoder, arbitrary, elements, "arbitrary bytes");
    }
  }

  private void checkDecoder(RowDecoder decoder, byte[] stored, int elements, String what) {
    float[] expected = StoredRows.decode(format, stored, elements);
    try (Arena arena = Arena.ofConfined()) {
      for (int shift = 0; shift < 2; shift++) {
        int skipped = StoredRows.GUARD_BYTES;
        for (MemorySegment memory : StoredRows.memories(arena, skipped + stored.length, shift)) {
          memory.asSlice(skipped).copyFrom(MemorySegment.ofArray(stored));
          GuardedFloats target = GuardedFloats.blank(elements);
          decoder.decode(
              memory.asReadOnly(), skipped, target.array, GuardedFloats.OFFSET, elements);
          assertThat(target.checkedValues())
              .as("%s, %d elements, shift %d, native %s", what, elements, shift, memory.isNative())
              .isEqualTo(expected);
        }
      }
    }
  }

  /** Holds an encoder against the format, also where the format refuses. */
  void checkEncoder(RowEncoder encoder) {
    for (int blocks : BLOCKS) {
      int cols = blocks * format.blockElements();
      for (FormatInputs input : FormatInputs.values()) {
        checkEncoder(encoder, input.row(cols), input.name());
      }
      checkEncoder(encoder, mixed(cols), "groups of all kinds");
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        float[] row = FormatInputs.WEIGHTS.row(cols);
        Arrays.fill(row, cols / 2, Math.min(cols, cols / 2 + 1), bad);
        checkEncoder(encoder, row, "with " + bad);
      }
    }
    int manyBlocks = MANY_GROUPS * GROUP / format.blockElements() + 1;
    checkEncoder(encoder, mixed(manyBlocks * format.blockElements()), "many groups");
  }

  /** Groups of 16 that take turns in their kind, so that neighbouring lanes differ. */
  private static float[] mixed(int cols) {
    FormatInputs[] inputs = FormatInputs.values();
    float[] row = new float[cols];
    for (int i = 0; i < cols; i += GROUP) {
      int length = Math.min(GROUP, cols - i);
      float[] group = inputs[i / GROUP % FormatInputs.LARGE.ordinal()].row(i + length);
      System.arraycopy(group, i, row, i, length);
    }
    return row;
  }

  private void checkEncoder(RowEncoder encoder, float[] row, String what) {
    checkEncoder(encoder, row, null, what);
    float[] importance = FormatInputs.importance(row.length);
    checkEncoder(encoder, row, importance, what);
    for (int i = 0; i < importance.length; i += 3) {
      importance[i] = 0;
    }
    checkEncoder(encoder, row, importance, what + ", some columns without importance");
    checkEncoder(encoder, row, new float[row.length], what + ", no column with importance");
  }

  private void checkEncoder(
      RowEncoder encoder, float[] row, float @Nullable [] importance, String what) {
    int length = (int) format.byteSize(row.length);
    int at = StoredRows.GUARD_BYTES;
    byte[] expected = StoredRows.guarded(length);
    float[] given = GuardedFloats.of(row).array;
    try {
      format.encode(row, 0, row.length, importance, MemorySegment.ofArray(expected), at);
    } catch (QuantException refused) {
      MemorySegment target = MemorySegment.ofArray(StoredRows.guarded(length));
      assertThatThrownBy(
              () -> encoder.encode(given, GuardedFloats.OFFSET, row.length, importance, target, at))
          .as("%s, refused by the format: %s", what, refused.reason())
          .isInstanceOf(QuantException.class);
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      for (int shift = 0; shift < 2; shift++) {
        for (MemorySegment memory : StoredRows.memories(arena, expected.length, shift)) {
          memory.fill(StoredRows.GUARD);
          encoder.encode(given, GuardedFloats.OFFSET, row.length, importance, memory, at);
          assertThat(memory.toArray(ValueLayout.JAVA_BYTE))
              .as(
                  "%s, %d elements, importance %s, shift %d",
                  what, row.length, importance != null, shift)
              .isEqualTo(expected);
        }
      }
    }
  }
}
