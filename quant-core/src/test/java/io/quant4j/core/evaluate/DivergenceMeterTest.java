package io.quant4j.core.evaluate;

import static io.quant4j.core.evaluate.FakeModel.VOCAB;
import static io.quant4j.core.evaluate.FakeModel.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.Divergence;
import io.quant4j.api.Estimate;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.OperationCancelledException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The statistics of two models with known logits, against plain formulas over all predictions. */
class DivergenceMeterTest {
  private static final int CONTEXT = 16;
  private static final double EXACT = 1e-12;

  private static double base(int i, int last, int length) {
    return (float) (2 * Math.sin(i * 1.3 + last * 0.7 + length * 0.1));
  }

  private static double quantized(int i, int last, int length) {
    return (float) (base(i, last, length) + 0.3 * Math.cos(i * 2.1 + last + length));
  }

  private static Divergence measure(int batch, int otherBatch, PerplexityOptions options) {
    return new DivergenceMeter(
            new FakeModel.Digits(),
            VOCAB,
            FakeModel.subject(batch, DivergenceMeterTest::base),
            FakeModel.subject(otherBatch, DivergenceMeterTest::quantized))
        .measure(text(200), options);
  }

  private static PerplexityOptions options() {
    return PerplexityOptions.defaults().withContext(CONTEXT);
  }

  /** The distributions of one prediction. */
  private record Prediction(double[] base, double[] quantized, int target) {
    double baseLoss() {
      return -Math.log(base[target]);
    }

    double loss() {
      return -Math.log(quantized[target]);
    }

    double divergence() {
      double sum = 0;
      for (int i = 0; i < VOCAB; i++) {
        sum += base[i] * Math.log(base[i] / quantized[i]);
      }
      return sum;
    }

    double change() {
      return quantized[target] - base[target];
    }

    boolean sameTop() {
      return best(base) == best(quantized);
    }

    private static int best(double[] p) {
      double max = Arrays.stream(p).max().orElseThrow();
      return Arrays.stream(p).boxed().toList().indexOf(max);
    }
  }

  private static List<Prediction> predictions() {
    int[] tokens = new FakeModel.Digits().encode(text(200), true, false);
    List<Prediction> predictions = new ArrayList<>();
    for (int chunk = 0; chunk < tokens.length / CONTEXT; chunk++) {
      for (int j = CONTEXT / 2; j < CONTEXT - 1; j++) {
        int last = tokens[chunk * CONTEXT + j];
        predictions.add(
            new Prediction(
                softmax(DivergenceMeterTest::base, last, j + 1),
                softmax(DivergenceMeterTest::quantized, last, j + 1),
                tokens[chunk * CONTEXT + j + 1]));
      }
    }
    return predictions;
  }

  private static double[] softmax(FakeModel.Logits model, int last, int length) {
    double[] p = new double[VOCAB];
    for (int i = 0; i < VOCAB; i++) {
      p[i] = Math.exp(model.of(i, last, length));
    }
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(value -> value / sum).toArray();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  /** Covariance of the means of two samples; their variance if they are the same. */
  private static double covariance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - mean(a)) * (b[i] - mean(b));
    }
    return sum / a.length / (a.length - 1);
  }

  private static void assertMean(Estimate estimate, double[] values) {
    assertThat(estimate.value()).isCloseTo(mean(values), within(EXACT));
    assertThat(estimate.uncertainty())
        .isCloseTo(Math.sqrt(covariance(values, values)), within(EXACT));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "64, 64", "5, 64", "64, 3"})
  void measure_equalsPlainFormulas(int batch, int otherBatch) {
    List<Prediction> all = predictions();
    double[] baseLosses = all.stream().mapToDouble(Prediction::baseLoss).toArray();
    double[] losses = all.stream().mapToDouble(Prediction::loss).toArray();
    double[] changes = all.stream().mapToDouble(Prediction::change).toArray();
    double baseValue = Math.exp(mean(baseLosses));
    double value = Math.exp(mean(losses));

    Divergence result = measure(batch, otherBatch, options());

    assertThat(result.chunks()).isEqualTo(12);
    assertThat(result.predictions()).isEqualTo(all.size()).isEqualTo(12 * 7);
    assertThat(result.base().value()).isCloseTo(baseValue, within(EXACT));
    assertThat(result.quantized().value()).isCloseTo(value, within(EXACT));
    double variance = covariance(losses, losses);
    double baseVariance = covariance(baseLosses, baseLosses);
    double covariance = covariance(baseLosses, losses);
    assertThat(result.quantized().uncertainty())
        .isCloseTo(value * Math.sqrt(variance), within(EXACT));
    assertThat(result.correlation())
        .isCloseTo(covariance / Math.sqrt(variance * baseVariance), within(EXACT))
        .isBetween(0.5, 1.0);
    double ratioError = Math.sqrt(variance + baseVariance - 2 * covariance);
    assertThat(result.logRatio().value()).isCloseTo(Math.log(value / baseValue), within(EXACT));
    assertThat(result.logRatio().uncertainty()).isCloseTo(ratioError, within(EXACT));
    assertThat(result.ratio().value()).isCloseTo(value / baseValue, within(EXACT));
    assertThat(result.ratio().uncertainty())
        .isCloseTo(value / baseValue * ratioError, within(EXACT));
    assertThat(result.difference().value()).isCloseTo(value - baseValue, within(EXACT));
    assertThat(result.difference().uncertainty())
        .isCloseTo(
            Math.sqrt(
                value * value * variance
                    + baseValue * baseValue * baseVariance
                    - 2 * value * baseValue * covariance),
            within(EXACT));
    assertMean(result.probabilityChange().mean(), changes);
    double[] squares = Arrays.stream(changes).map(change -> change * change).toArray();
    double root = Math.sqrt(mean(squares));
    assertThat(result.probabilityChangeRms().value()).isCloseTo(root, within(EXACT));
    assertThat(result.probabilityChangeRms().uncertainty())
        .isCloseTo(Math.sqrt(covariance(squares, squares)) / (2 * root), within(EXACT));
    assertMean(result.sameTop(), all.stream().mapToDouble(p -> p.sameTop() ? 1 : 0).toArray());
    assertThat(result.sameTop().value()).isBetween(0.1, 0.99);
  }

  @Test
  void divergences_areThoseOfEachPrediction() {
    double[] expected =
        predictions().stream().mapToDouble(Prediction::divergence).sorted().toArray();

    Divergence result = measure(8, 8, options());

    assertMean(result.klDivergence().mean(), expected);
    assertThat(result.klDivergence().size()).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      double percent = 100.0 * i / (expected.length - 1);
      assertThat(result.klDivergence().percentile(percent)).isCloseTo(expected[i], within(EXACT));
    }
  }

  @Test
  void model_againstItself_differsByNothing() {
    Divergence result =
        new DivergenceMeter(
                new FakeModel.Digits(),
                VOCAB,
                FakeModel.subject(8, DivergenceMeterTest::base),
                FakeModel.subject(8, DivergenceMeterTest::base))
            .measure(text(200), options());

    assertThat(result.klDivergence().maximum()).isZero();
    assertThat(result.klDivergence().mean()).isEqualTo(new Estimate(0, 0));
    assertThat(result.correlation()).isCloseTo(1, within(EXACT));
    assertThat(result.ratio()).isEqualTo(new Estimate(1, 0));
    assertThat(result.difference().value()).isZero();
    assertThat(result.probabilityChangeRms()).isEqualTo(new Estimate(0, 0));
    assertThat(result.sameTop()).isEqualTo(new Estimate(1, 0));
  }

  @Test
  void modelsWithoutVariation_haveNoCorrelation() {
    FakeModel.Logits constant = (i, last, length) -> 0;
    Divergence result =
        new DivergenceMeter(
                new FakeModel.Digits(),
                VOCAB,
                FakeModel.subject(8, constant),
                FakeModel.subject(8, constant))
            .measure(text(200), options());

    assertThat(result.base().value()).isCloseTo(VOCAB, within(EXACT));
    assertThat(result.correlation()).isZero();
  }

  @Test
  void measure_tellsProgressAndStopsWhenCancelled() {
    CancellationToken token = new CancellationToken();
    List<String> items = new ArrayList<>();
    PerplexityOptions options =
        options()
            .withChunks(5)
            .withCancellation(token)
            .withListener(progress -> {
              items.add(progress.item());
              if (items.size() == 2) {
                token.cancel();
              }
            });

    assertThatThrownBy(() -> measure(4, 4, options))
        .isInstanceOf(OperationCancelledException.class);
    assertThat(items).hasSize(2);
    assertThat(items.getLast()).matches("chunk 2 of 5, so far 0\\.\\d{6} nats");
  }

  @Test
  void measure_shortText_refused() {
    PerplexityOptions options = PerplexityOptions.defaults().withContext(128);
    assertThatThrownBy(() -> measure(4, 4, options))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("256");
  }
}
