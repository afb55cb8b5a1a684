package io.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmupTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void ofNoTime_isOneRepetition() {
    assertThat(new Warmup(0).goesOnAfter(SECOND)).isFalse();
  }

  @Test
  void ofSteadySpeed_lastsAsLongAsAskedFor() {
    Warmup warmup = new Warmup(3);

    assertThat(warmup.goesOnAfter(SECOND)).isTrue();
    assertThat(warmup.goesOnAfter(SECOND)).isTrue();
    assertThat(warmup.goesOnAfter(SECOND)).isFalse();
  }

  @Test
  void whileSpeedRises_lastsLonger() {
    Warmup warmup = new Warmup(3);

    assertThat(warmup.goesOnAfter(2 * SECOND)).isTrue();
    assertThat(warmup.goesOnAfter(SECOND)).isTrue();
    assertThat(warmup.goesOnAfter(SECOND / 2)).isTrue();
    assertThat(warmup.goesOnAfter(SECOND / 2 - 1)).isFalse();
  }

  @Test
  void ofSpeedThatNeverSettles_ends() {
    Warmup warmup = new Warmup(1);
    long nanos = 2 * SECOND;
    int repetitions = 1;
    while (warmup.goesOnAfter(nanos)) {
      nanos = nanos * 9 / 10;
      repetitions++;
    }

    // 2 + 1.8 are less than four seconds, 2 + 1.8 + 1.62 are not.
    assertThat(repetitions).isEqualTo(3);
  }
}
