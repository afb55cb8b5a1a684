package io.quant4j.kernels.cuda.op;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.LargestElements;
import io.quant4j.api.spi.SequenceMemory;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The largest elements as the device finds them are those of a stable sort. */
@Tag("emulation")
@Tag("gpu")
class LargestSearchTest extends BesideHost {
  private LargestElements find(float[] values, int count) {
    return device.largest(device.load(values), count).orElseThrow();
  }

  private static int[] sorted(float[] values, int count) {
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -(values[i] + 0f)))
        .limit(count)
        .mapToInt(i -> i)
        .toArray();
  }

  private void assertFound(float[] values, int count, String what) {
    LargestElements found = find(values, count);
    int[] expected = sorted(values, count);
    assertThat(found.indices()).as(what).isEqualTo(expected);
    for (int i = 0; i < count; i++) {
      assertThat(Float.floatToRawIntBits(found.values()[i]))
          .as("%s, element %d", what, i)
          .isEqualTo(Float.floatToRawIntBits(values[expected[i]]));
    }
    assertThat(found.finite()).as(what).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 63, 1_023, 1_024, 1_025, 5_003, 32_003})
  void largest_ofAnyLength_areThoseOfASort(int length) {
    float[] values = OpenDevice.gaussian(length, length);
    for (int count : new int[] {1, 2, 40, 64, 511, LargestSearch.MOST}) {
      if (count <= length) {
        assertFound(values, count, "%d of %d".formatted(count, length));
      }
    }
  }

  @Test
  void largest_ofManyEquals_areTheFirstOfThem() {
    SplittableRandom random = new SplittableRandom(7);
    float[] values = new float[3_333];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(9) - 4;
      if (values[i] == 0 && random.nextBoolean()) {
        values[i] = -0f;
      }
    }
    for (int count = 1; count <= 64; count++) {
      assertFound(values, count, "%d of few numbers, seed 7".formatted(count));
    }
    assertFound(new float[2_500], 500, "zeros");
  }

  @Test
  void numbersThatAreNotFinite_areTold() {
    for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int at : new int[] {0, 1_023, 1_024, 2_999}) {
        float[] values = OpenDevice.gaussian(at, 3_000);
        values[at] = broken;
        assertThat(find(values, 5).finite()).as("%f at %d", broken, at).isFalse();
        values[at] = 0;
        assertThat(find(values, 5).finite()).as("after %f at %d", broken, at).isTrue();
      }
    }
  }

  @Test
  void largest_ofPartOfABuffer_looksAtThatPart() {
    try (SequenceMemory memory = device.newMemory()) {
      float[] values = OpenDevice.gaussian(5, 3_000);
      Buffer all = memory.allocate(values.length);
      device.write(values, 0, values.length, all, 0);
      int[] indices = device.largest(all.slice(1_001, 1_500), 7).orElseThrow().indices();
      float[] part = new float[1_500];
      System.arraycopy(values, 1_001, part, 0, part.length);
      assertThat(indices).isEqualTo(sorted(part, 7));
    }
  }

  @Test
  void moreThanIsSortedAtOnce_isLeftToTheCaller() {
    assertThat(device.largest(device.load(new float[3_000]), LargestSearch.MOST + 1)).isEmpty();
    assertThat(device.largest(device.load(new float[3]), 4)).isEmpty();
  }
}
