package io.quant4j.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.Perplexity;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.OperationCancelledException;
import io.quant4j.api.model.SpecialTokens;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.model.Vocabulary;
import io.quant4j.api.spi.DecoderState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The procedure, with a model whose logits are a known function of the tokens it was given. */
class PerplexityMeterTest {
  private static final int VOCAB = 10;
  private static final int BOS = 9;

  /** Digits are their own ids. */
  private static final class Digits implements Tokenizer {
    @Override
    public TokenizerSpec spec() {
      return new TokenizerSpec(
          "digits",
          new Vocabulary(
              Collections.nCopies(VOCAB, "x"),
              new float[0],
              Collections.nCopies(VOCAB, TokenType.NORMAL)),
          List.of(),
          Optional.empty(),
          List.of(),
          new SpecialTokens(
              OptionalInt.of(BOS),
              OptionalInt.empty(),
              OptionalInt.empty(),
              OptionalInt.empty(),
              Set.of()),
          true,
          false,
          false,
          false,
          Set.of(),
          Set.of(),
          Optional.empty(),
          Map.of());
    }

    @Override
    public int[] encode(CharSequence text, boolean addSpecial, boolean parseSpecial) {
      int[] tokens = new int[text.length() + (addSpecial ? 1 : 0)];
      tokens[0] = BOS;
      for (int i = 0; i < text.length(); i++) {
        tokens[i + tokens.length - text.length()] = text.charAt(i) - '0';
      }
      return tokens;
    }

    @Override
    public String decode(int[] tokens, boolean showSpecial) {
      throw new AssertionError("not needed");
    }

    @Override
    public Stream newStream(boolean showSpecial) {
      throw new AssertionError("not needed");
    }
  }

  private static final class FakeState implements DecoderState {
    final List<Integer> seen = new ArrayList<>();
    private final int batch;

    FakeState(int batch) {
      this.batch = batch;
    }

    @Override
    public int length() {
      return seen.size();
    }

    @Override
    public int contextLength() {
      return 64;
    }

    @Override
    public int maxBatch() {
      return batch;
    }

    @Override
    public void truncate(int length) {
      seen.subList(length, seen.size()).clear();
    }

    @Override
    public void close() {}
  }

  /** Logit of token i after a sequence that ends in t and has n tokens. */
  private static double logit(int i, int t, int n) {
    return Math.sin(i * 1.3 + t * 0.7 + n * 0.1);
  }

  private static Perplexity measure(String text, int batch, PerplexityOptions options) {
    FakeState state = new FakeState(batch);
    RowScorer scorer =
        (tokens, from, count, rows, logits) -> {
          assertThat(count).isLessThanOrEqualTo(batch);
          for (int b = 0; b < count; b++) {
            state.seen.add(tokens[from + b]);
            int row = b - (count - rows);
            if (row >= 0) {
              for (int i = 0; i < VOCAB; i++) {
                logits[row * VOCAB + i] = (float) logit(i, tokens[from + b], state.seen.size());
              }
            }
          }
        };
    return new PerplexityMeter(new Digits(), VOCAB, state, scorer).measure(text, options);
  }

  private static String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('0' + (i * i + 3 * i) % 9));
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 64})
  void measure_followsTheProcedure(int batch) {
    String text = text(50);
    int n = 16;
    int[] tokens = new Digits().encode(text, true, false);
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
