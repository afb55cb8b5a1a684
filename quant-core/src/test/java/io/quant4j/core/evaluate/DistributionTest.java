package io.quant4j.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.Distribution;
import io.quant4j.api.Estimate;
import io.quant4j.api.error.InvalidRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DistributionTest {
  private static final Estimate MEAN = new Estimate(3.75, 1.5);

  @ParameterizedTest
  @CsvSource({"0, 1", "10, 1.3", "33.333333333333333, 2", "50, 3", "90, 6.8", "100, 8"})
  void percentile_isInterpolatedLinearly(double percent, double expected) {
    Distribution distribution = new Distribution(new double[] {8, 1, 4, 2}, MEAN);

    assertThat(distribution.percentile(percent)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void values_areCopiedAndSorted() {
    double[] values = {8, 1, 4, 2};
    Distribution distribution = new Distribution(values, MEAN);
    values[0] = 100;

    assertThat(distribution.minimum()).isEqualTo(1);
    assertThat(distribution.median()).isEqualTo(3);
    assertThat(distribution.maximum()).isEqualTo(8);
    assertThat(distribution.size()).isEqualTo(4);
    assertThat(distribution.mean()).isEqualTo(MEAN);
    assertThat(values).containsExactly(100, 1, 4, 2);
  }

  @Test
  void singleValue_isEveryPercentile() {
    Distribution distribution = new Distribution(new double[] {5}, new Estimate(5, 0));

    assertThat(distribution.percentile(99.9)).isEqualTo(5);
    assertThat(distribution.median()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 100.1, Double.NaN})
  void percentileOutsideItsRange_isRefused(double percent) {
    Distribution distribution = new Distribution(new double[] {5}, MEAN);
    assertThatThrownBy(() -> distribution.percentile(percent))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void noValues_areRefused() {
    assertThatThrownBy(() -> new Distribution(new double[0], MEAN))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void notANumber_isTheLargest() {
    Distribution distribution = new Distribution(new double[] {1, Double.NaN, 2}, MEAN);

    assertThat(distribution.maximum()).isNaN();
    assertThat(distribution.median()).isEqualTo(2);
  }
}
