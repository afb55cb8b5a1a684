package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.spi.BlockFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every {@link BlockFormat} must keep. A subclass supplies the formats; each test runs once
 * per format.
 *
 * <p>The rule for NaN and infinity: a block that cannot be stored with finite scales, because an
 * element is not finite or a scale is too large, is named by {@link BlockFormat#firstNonFinite}, or
 * encoding throws a {@link QuantException}. Nothing else is thrown, and other blocks do not suffer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BlockFormatContract {
  private static final int BLOCKS = 3;
  private static final int THREADS = 8;

  /** The formats to be tested; at least one. */
  protected abstract Collection<BlockFormat> formats();

  /** How far a block may come back from what was encoded. */
  protected ErrorBudget budget(BlockFormat format) {
    return ErrorBudget.of(format);
  }

  /**
   * Whether encoding what was decoded gives the same numbers again. So it is by default for formats
   * that do not use importance: they round to a grid that their largest element fixes, without a
   * search.
   */
  protected boolean isProjection(BlockFormat format) {
    return !format.usesImportance();
  }

  final Stream<Named<BlockFormat>> subjects() {
    return formats().stream().map(format -> Named.of(format.id().name(), format));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void sizes_areConsistent(BlockFormat format) {
    int elements = format.blockElements();
    int bytes = format.blockBytes();

    assertThat(elements).as("elements per block").isPositive();
    assertThat(bytes).as("bytes per block").isPositive();
    assertThat(format.bitsPerWeight()).isEqualTo(8.0 * bytes / elements);
    assertThat(format.byteSize(0)).isZero();
    assertThat(format.byteSize(elements)).isEqualTo(bytes);
    long many = 10_000_000_000L;
    assertThat(format.byteSize(many * elements)).isEqualTo(many * bytes);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void noElements_touchNothing(BlockFormat format) {
    byte[] bytes = StoredRows.guarded(0);
    float[] decoded = {7};

    MemorySegment memory = MemorySegment.ofArray(bytes);
    float @Nullable [] none = StoredRows.noImportance(format, 0);
    format.encode(new float[0], 0, 0, none, memory, StoredRows.GUARD_BYTES);
    format.encode(new float[0], 0, 0, new float[0], memory, StoredRows.GUARD_BYTES);
    format.decode(MemorySegment.ofArray(bytes), StoredRows.GUARD_BYTES, decoded, 1, 0);

    assertThat(bytes).isEqualTo(StoredRows.guarded(0));
    assertThat(decoded).containsExactly(7);
    assertThat(format.firstNonFinite(MemorySegment.ofArray(bytes), StoredRows.GUARD_BYTES, 0))
        .isEqualTo(-1);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void zeros_comeBackAsZeros(BlockFormat format) {
    for (FormatInputs input : List.of(FormatInputs.ZEROS, FormatInputs.NEGATIVE_ZEROS)) {
      for (boolean importance : new boolean[] {false, true}) {
        float[] row = input.row(BLOCKS * format.blockElements());
        float[] decoded =
            StoredRows.decode(format, StoredRows.encode(format, row, importance), row.length);
        for (float value : decoded) {
          assertThat(value == 0).as("%s, importance %s: %s", input, importance, value).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void decodedRow_isWithinBudget(BlockFormat format) {
    for (FormatInputs input : FormatInputs.values()) {
      for (int blocks : new int[] {1, BLOCKS, 67 / format.blockElements() + 1}) {
        float[] row = input.row(blocks * format.blockElements());
        checkBudget(format, input, row, false);
        checkBudget(format, input, row, true);
      }
    }
  }

  /** With importance the mean of the squared errors is weighted with it. */
  private void checkBudget(BlockFormat format, FormatInputs input, float[] row, boolean weighted) {
    byte[] bytes;
    try {
      bytes = StoredRows.encode(format, row, weighted);
    } catch (QuantException refused) {
      assertThat(input.mayExceedRange()).as("%s refused: %s", input, refused.reason()).isTrue();
      return;
    }
    float[] decoded = StoredRows.decode(format, bytes, row.length);
    float[] weights = new float[row.length];
    Arrays.fill(weights, 1);
    if (weighted) {
      weights = FormatInputs.importance(row.length);
    }
    int size = format.blockElements();
    for (int from = 0; from < row.length; from += size) {
      if (StoredRows.isReported(format, bytes, from / size)) {
        assertThat(input.mayExceedRange()).as("%s reported as not finite", input).isTrue();
      } else {
        assertThat(ErrorBudget.rootMeanSquareError(decoded, row, from, size, weights))
            .as("%s, importance %s, block %d, %s", input, weighted, from / size, budget(format))
            .isLessThanOrEqualTo(budget(format).limit(row, from, size));
      }
    }
  }

  /** With importance where it is used: without, an element of 0 may weigh nothing. */
  @ParameterizedTest
  @MethodSource("subjects")
  void singleElement_staysInItsPlace(BlockFormat format) {
    int size = format.blockElements();
    for (int place = 0; place < size; place++) {
      float[] row = new float[size];
      row[place] = -1;
      byte[] bytes = StoredRows.encode(format, row, format.usesImportance());
      float[] decoded = StoredRows.decode(format, bytes, size);
      for (int i = 0; i < size; i++) {
        if (i != place) {
          assertThat(decoded[i]).as("%d beside %d", i, place).isGreaterThan(decoded[place]);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void importance_changesBytesOnlyWhereUsed(BlockFormat format) {
    float[] row = FormatInputs.WEIGHTS.row(4 * format.blockElements());

    byte[] plain = StoredRows.encode(format, row, false);
    byte[] weighted = StoredRows.encode(format, row, true);

    assertThat(!Arrays.equals(plain, weighted)).isEqualTo(format.usesImportance());
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void missingImportance_isRefusedWhereRequired(BlockFormat format) {
    float[] row = FormatInputs.WEIGHTS.row(BLOCKS * format.blockElements());
    byte[] bytes = StoredRows.guarded((int) format.byteSize(row.length));
    MemorySegment memory = MemorySegment.ofArray(bytes);
    ThrowingCallable encode =
        () -> format.encode(row, 0, row.length, null, memory, StoredRows.GUARD_BYTES);

    if (format.requiresImportance()) {
      assertThat(format.usesImportance()).isTrue();
      assertThatThrownBy(encode)
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(format.id().name())
          .hasMessageContaining("importance");
      assertThat(bytes).as("touched nothing").containsOnly(StoredRows.GUARD);
    } else {
      assertThatCode(encode).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void importanceOfZero_givesFiniteBlocks(BlockFormat format) {
    float[] row = FormatInputs.WEIGHTS.row(BLOCKS * format.blockElements());
    MemorySegment memory = MemorySegment.ofArray(new byte[(int) format.byteSize(row.length)]);

    format.encode(row, 0, row.length, new float[row.length], memory, 0);

    assertThat(format.firstNonFinite(memory, 0, BLOCKS)).isEqualTo(-1);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void decodedRow_isStable(BlockFormat format) {
    if (!isProjection(format)) {
      return;
    }
    for (FormatInputs input : FormatInputs.values()) {
      float[] row = input.row(BLOCKS * format.blockElements());
      byte[] bytes;
      try {
        bytes = StoredRows.encode(format, row, false);
      } catch (QuantException refused) {
        continue;
      }
      if (format.firstNonFinite(MemorySegment.ofArray(bytes), 0, BLOCKS) >= 0) {
        continue;
      }
      float[] once = StoredRows.decode(format, bytes, row.length);
      float[] twice = StoredRows.decode(format, StoredRows.encode(format, once, false), row.length);
      for (int i = 0; i < once.length; i++) {
        boolean same = twice[i] == once[i]; // so are two zeros of different signs
        assertThat(same).as("%s, element %d: %s, was %s", input, i, twice[i], once[i]).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void encode_neitherChangesNorLooksBeyondItsRow(BlockFormat format) {
    float[] row = FormatInputs.WEIGHTS.row(BLOCKS * format.blockElements());
    float[] importance = FormatInputs.importance(row.length);
    float[] surrounded = new float[row.length + 10];
    Arrays.fill(surrounded, Float.NaN);
    System.arraycopy(row, 0, surrounded, 7, row.length);
    float[] before = surrounded.clone();
    byte[] bytes = new byte[(int) format.byteSize(row.length)];

    format.encode(surrounded, 7, row.length, importance, MemorySegment.ofArray(bytes), 0);

    assertThat(bytes).isEqualTo(StoredRows.encode(format, row, true));
    assertThat(surrounded).isEqualTo(before);
    assertThat(importance).isEqualTo(FormatInputs.importance(row.length));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void encode_writesItsBytesAnywhere(BlockFormat format) {
    float[] row = FormatInputs.WEIGHTS.row(BLOCKS * format.blockElements());
    float @Nullable [] importance = StoredRows.noImportance(format, row.length);
    byte[] expected = StoredRows.encode(format, row, false);
    byte[] withGuards = StoredRows.guarded(expected.length);
    System.arraycopy(expected, 0, withGuards, StoredRows.GUARD_BYTES, expected.length);

    try (Arena arena = Arena.ofConfined()) {
      for (int shift = 0; shift < 4; shift++) {
        for (MemorySegment memory : StoredRows.memories(arena, withGuards.length, shift)) {
          memory.fill(StoredRows.GUARD);
          format.encode(row, 0, row.length, importance, memory, StoredRows.GUARD_BYTES);
          assertThat(memory.toArray(ValueLayout.JAVA_BYTE))
              .as("shift %d, native %s", shift, memory.isNative())
              .isEqualTo(withGuards);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void decode_readsBlocksAnywhere(BlockFormat format) {
    int size = format.blockElements();
    float[] row = FormatInputs.WEIGHTS.row(BLOCKS * size);
    byte[] bytes = StoredRows.encode(format, row, false);
    float[] expected = StoredRows.decode(format, bytes, row.length);

    try (Arena arena = Arena.ofConfined()) {
      for (int shift = 0; shift < 4; shift++) {
        for (MemorySegment memory : StoredRows.memories(arena, bytes.length, shift)) {
          MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, 0, bytes.length);
          MemorySegment readOnly = memory.asReadOnly();
          for (int block = 0; block < BLOCKS; block++) {
            float[] target = new float[size + 2];
            target[0] = 7;
            target[size + 1] = 7;
            format.decode(readOnly, format.byteSize((long) block * size), target, 1, size);
            assertThat(Arrays.copyOfRange(target, 1, size + 1))
                .isEqualTo(Arrays.copyOfRange(expected, block * size, (block + 1) * size));
            assertThat(new float[] {target[0], target[size + 1]}).containsExactly(7, 7);
          }
          assertThat(format.firstNonFinite(readOnly, 0, BLOCKS)).isEqualTo(-1);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void nonFiniteElement_isReported(BlockFormat format) {
    int size = format.blockElements();
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int place : new int[] {0, size / 2, size - 1}) {
        for (boolean importance : new boolean[] {false, true}) {
          float[] row = FormatInputs.WEIGHTS.row(BLOCKS * size);
          row[size + place] = bad;
          checkReported(format, row, importance);
        }
      }
    }
  }

  private static void checkReported(BlockFormat format, float[] row, boolean importance) {
    byte[] bytes;
    try {
      bytes = StoredRows.encode(format, row, importance);
    } catch (QuantException refused) {
      return;
    }
    MemorySegment memory = MemorySegment.ofArray(bytes);
    assertThat(format.firstNonFinite(memory, 0, BLOCKS)).isEqualTo(1);
    assertThat(format.firstNonFinite(memory, format.blockBytes(), 2)).isZero();
    assertThat(format.firstNonFinite(memory, 0, 1)).isEqualTo(-1);
    assertThat(format.firstNonFinite(memory, 2L * format.blockBytes(), 1)).isEqualTo(-1);
    assertThat(StoredRows.encode(format, row, importance))
        .as("the same bytes again")
        .isEqualTo(bytes);
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void severalThreads_getTheSameResults(BlockFormat format) throws Exception {
    float[] row = FormatInputs.OUTLIERS.row(BLOCKS * format.blockElements());
    byte[] bytes = StoredRows.encode(format, row, true);
    float[] decoded = StoredRows.decode(format, bytes, row.length);

    Callable<Boolean> compare =
        () ->
            Arrays.equals(StoredRows.encode(format, row, true), bytes)
                && Arrays.equals(StoredRows.decode(format, bytes, row.length), decoded);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (Future<Boolean> same : threads.invokeAll(Collections.nCopies(4 * THREADS, compare))) {
        assertThat(same.get()).isTrue();
      }
    }
  }
}
