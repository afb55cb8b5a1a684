package io.quant4j.core.evaluate;

import static io.quant4j.core.evaluate.FakeModel.VOCAB;
import static io.quant4j.core.evaluate.FakeModel.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.Perplexity;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.OperationCancelledException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The procedure, with a model whose logits are a known function of the tokens it was given. */
class PerplexityMeterTest {
  /** Logit of token i after a sequence that ends in t and has n tokens. */
  private static double logit(int i, int t, int n) {
    return Math.sin(i * 1.3 + t * 0.7 + n * 0.1);
  }

  private static Perplexity measure(String text, int batch, PerplexityOptions options) {
    Subject subject = FakeModel.subject(batch, PerplexityMeterTest::logit);
    return new PerplexityMeter(new FakeModel.Digits(), VOCAB, subject).measure(text, options);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 64})
  void measure_followsTheProcedure(int batch) {
    String text = text(50);
    int n = 16;
    int[] tokens = new FakeModel.Digits().encode(text, true, false);
    List<Double> nll = new ArrayList<>();
    for (int chunk = 0; chunk < tokens.length / n; chunk++) {
      for (int j = n / 2; j < n - 1; j++) {
        int last = tokens[chunk * n + j];
        double sum = 0;
        for (int i = 0; i < VOCAB; i++) {
          sum += Math.exp(logit(i, last, j + 1));
        }
        nll.add(Math.log(sum) - logit(tokens[chunk * n + j + 1], last, j + 1));
      }
    }
    double mean = nll.stream().mapToDouble(d -> d).average().orElseThrow();
    double squares = nll.stream().mapToDouble(d -> d * d).average().orElseThrow();
    Perplexity result = measure(text, batch, PerplexityOptions.defaults().withContext(n));
    assertThat(result.chunks()).isEqualTo(3);
    assertThat(result.predictions()).isEqualTo(nll.size()).isEqualTo(3 * 7);
    assertThat(result.value()).isCloseTo(Math.exp(mean), within(1e-6));
    double error = Math.exp(mean) * Math.sqrt((squares - mean * mean) / (nll.size() - 1));
    assertThat(result.uncertainty()).isCloseTo(error, within(1e-5));
  }

  @Test
  void measure_chunks_limitsTheWindows() {
    List<String> items = new ArrayList<>();
    PerplexityOptions options =
        PerplexityOptions.defaults()
            .withContext(8)
            .withChunks(2)
            .withListener(p -> items.add(p.item()));
    assertThat(measure(text(50), 4, options).chunks()).isEqualTo(2);
    assertThat(items).hasSize(2);
    assertThat(items.getLast()).startsWith("chunk 2 of 2");
  }

  @Test
  void measure_shortText_refused() {
    assertThatThrownBy(() -> measure(text(14), 4, PerplexityOptions.defaults().withContext(8)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("15 tokens")
        .hasMessageContaining("16");
  }

  @Test
  void measure_cancelledByListener_stops() {
    CancellationToken token = new CancellationToken();
    PerplexityOptions options =
        PerplexityOptions.defaults()
            .withContext(8)
            .withCancellation(token)
            .withListener(p -> token.cancel());
    assertThatThrownBy(() -> measure(text(50), 4, options))
        .isInstanceOf(OperationCancelledException.class);
  }
}
