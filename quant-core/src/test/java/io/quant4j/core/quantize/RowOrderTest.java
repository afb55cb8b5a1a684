package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowOrderTest {

  @Test
  void interleave_ofTwoHeadsOfSix_pairsTheHalves() {
    assertThat(order(new RowOrder.Interleave(6, 6), 12))
        .containsExactly(0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11);
  }

  @Test
  void interleave_ofPartOfAHead_leavesTheRest() {
    assertThat(order(new RowOrder.Interleave(8, 4), 8)).containsExactly(0, 2, 1, 3, 4, 5, 6, 7);
  }

  /** The converter's words: reshape to (heads, 2, half), swap the last two axes. */
  @ParameterizedTest
  @CsvSource({"1, 2", "3, 4", "8, 32", "4, 128"})
  void interleave_isTheSwappedAxes(int heads, int headDim) {
    RowOrder order = new RowOrder.Interleave(headDim, headDim);
    int half = headDim / 2;
    for (int head = 0; head < heads; head++) {
      for (int s = 0; s < 2; s++) {
        for (int i = 0; i < half; i++) {
          long target = (long) head * headDim + 2 * i + s;
          assertThat(order.sourceRow(target)).isEqualTo((long) head * headDim + s * half + i);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 2", "8, 8", "64, 64", "8, 4", "96, 32"})
  void split_undoesInterleave(int headDim, int rotated) {
    RowOrder interleave = new RowOrder.Interleave(headDim, rotated);
    RowOrder split = new RowOrder.Split(headDim, rotated);
    for (long row = 0; row < 3L * headDim; row++) {
      assertThat(interleave.sourceRow(split.sourceRow(row))).isEqualTo(row);
      assertThat(split.sourceRow(interleave.sourceRow(row))).isEqualTo(row);
    }
  }

  private static long[] order(RowOrder order, int rows) {
    return LongStream.range(0, rows).map(order::sourceRow).toArray();
  }
}
