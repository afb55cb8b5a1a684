package io.quant4j.core.algorithm.optimal;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Golden;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The search finds better blocks than the formats' own rules, and never worse ones. */
class OptimalEncoderTest {
  private static final long SEED = 20_261_126;
  private static final int ROWS = 24;
  private static final int COLS = 1024;

  /** Share of the reference's loss that may remain, over all formats; each has less. */
  private static final double REMAINING = 0.985;

  static Stream<BlockFormat> formats() {
    return ServiceLoader.load(BlockFormat.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(format -> Searches.find(format.id().name()).isPresent());
  }

  @ParameterizedTest
  @MethodSource("formats")
  void encode_goldenRows_noBlockWorse(BlockFormat format) {
    for (float[] importance : new float[][] {null, Golden.importance()}) {
      for (int row = 0; row < Golden.ROWS; row++) {
        Trial trial = new Trial(format, Golden.input(), row * Golden.COLS, Golden.COLS, importance);

        assertThat(trial.worseBlocks()).as("row %d", row).isZero();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void encode_heavyTailedRows_lessLoss(BlockFormat format) {
    float[] rows = heavyTailed(ROWS * COLS);
    float[] importance = heavyTailed(COLS);
    for (int i = 0; i < COLS; i++) {
      importance[i] *= importance[i];
    }
    for (float[] weights : new float[][] {null, importance}) {
      double before = 0;
      double after = 0;
      for (int row = 0; row < ROWS; row++) {
        Trial trial = new Trial(format, rows, row * COLS, COLS, weights);
        assertThat(trial.worseBlocks()).as("row %d, seed %d", row, SEED).isZero();
        before += trial.loss(trial.reference);
        after += trial.loss(trial.found);
      }

      assertThat(after / before).as("seed %d", SEED).isLessThan(REMAINING);
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void encode_rowsOfAnyLength_sameBytesAgain(BlockFormat format) {
    for (int blocks : new int[] {0, 1, 3, 8, 11}) {
      int cols = blocks * format.blockElements();
      float[] row = heavyTailed(cols);

      Trial first = new Trial(format, row, 0, cols, null);
      Trial second = new Trial(format, row, 0, cols, null);

      assertThat(second.found).isEqualTo(first.found);
      assertThat(first.worseBlocks()).as("%d blocks", blocks).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void encode_blockWithNaN_asReference(BlockFormat format) {
    int cols = 11 * format.blockElements();
    float[] row = heavyTailed(cols);
    row[9 * format.blockElements() + 5] = Float.NaN;

    Trial trial = new Trial(format, row, 0, cols, null);

    int from = 9 * format.blockBytes();
    int to = from + format.blockBytes();
    assertThat(Arrays.copyOfRange(trial.found, from, to))
        .isEqualTo(Arrays.copyOfRange(trial.reference, from, to));
    long bad = format.firstNonFinite(MemorySegment.ofArray(trial.found), 0, 11);
    assertThat(bad).isEqualTo(9);
  }

  /** Student's t with three degrees of freedom. */
  private static float[] heavyTailed(int count) {
    Random random = new Random(SEED);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      double squares = 0;
      for (int k = 0; k < 3; k++) {
        double z = random.nextGaussian();
        squares += z * z;
      }
      numbers[i] = (float) (0.02 * random.nextGaussian() / Math.sqrt(squares / 3));
    }
    return numbers;
  }

  /** One row encoded both ways. */
  private static final class Trial {
    private final BlockFormat format;
    private final float[] row;
    private final int cols;
    private final BlockLoss loss;
    final byte[] reference;
    final byte[] found;

    Trial(BlockFormat format, float[] rows, int from, int cols, float @Nullable [] importance) {
      this.format = format;
      this.cols = cols;
      row = Arrays.copyOfRange(rows, from, from + cols);
      float[] weights = ErrorWeighting.of(format, row, 0, cols, importance);
      loss = new BlockLoss(row, 0, weights, importance);
      reference = bytes(format, rows, from, importance);
      found = bytes(OptimalEncoder.of(format, format), rows, from, importance);
    }

    private byte[] bytes(
        RowEncoder encoder, float[] rows, int from, float @Nullable [] importance) {
      byte[] bytes = new byte[(int) format.byteSize(cols)];
      encoder.encode(rows, from, cols, importance, MemorySegment.ofArray(bytes), 0);
      return bytes;
    }

    double loss(byte[] bytes) {
      double sum = 0;
      for (int b = 0; b < cols / format.blockElements(); b++) {
        sum += loss(bytes, b);
      }
      return sum;
    }

    private double loss(byte[] bytes, int block) {
      float[] decoded = new float[format.blockElements()];
      MemorySegment source = MemorySegment.ofArray(bytes);
      format.decode(source, (long) block * format.blockBytes(), decoded, 0, decoded.length);
      return loss.measure(block * decoded.length, decoded).loss();
    }

    long worseBlocks() {
      long worse = 0;
      for (int b = 0; b < cols / format.blockElements(); b++) {
        worse += loss(found, b) > loss(reference, b) ? 1 : 0;
      }
      return worse;
    }
  }
}
