package io.quant4j.gguf.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoverageTest {

  @Test
  void emptyRange_isCoveredFromTheStart() {
    assertThat(new Coverage(0).firstMissing()).isEmpty();
    assertThat(new Coverage(0).claim(0, 0)).isTrue();
    assertThat(new Coverage(0).claim(0, 1)).isFalse();
  }

  @Test
  void adjacentClaims_join() {
    Coverage coverage = new Coverage(10);
    assertThat(coverage.claim(4, 7)).isTrue();
    assertThat(coverage.claim(7, 10)).isTrue();
    assertThat(coverage.claim(0, 3)).isTrue();
    assertThat(coverage.firstMissing()).hasValue(3);
    assertThat(coverage.claim(3, 4)).isTrue();
    assertThat(coverage.firstMissing()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4})
  void randomClaims_agreeWithABitSet(long seed) {
    Random random = new Random(seed);
    int size = 200;
    Coverage coverage = new Coverage(size);
    BitSet expected = new BitSet(size);
    for (int i = 0; i < 3_000; i++) {
      int from = random.nextInt(size + 10) - 5;
      int to = from + random.nextInt(7) - 1;
      boolean inside = from >= 0 && to >= from && to <= size;
      boolean free = inside && (from == to || expected.get(from, to).isEmpty());
      assertThat(coverage.claim(from, to)).as("seed %d, %d to %d", seed, from, to).isEqualTo(free);
      if (free) {
        expected.set(from, to);
      }
      int missing = expected.nextClearBit(0);
      assertThat(coverage.firstMissing().orElse(size)).as("seed %d", seed).isEqualTo(missing);
    }
  }
}
