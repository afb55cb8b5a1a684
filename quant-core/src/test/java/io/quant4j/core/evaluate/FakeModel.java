package io.quant4j.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.Tokenizer;
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

/** Models whose logits are a known function of the tokens they were given. */
final class FakeModel {
  static final int VOCAB = 10;
  private static final int BOS = 9;

  private FakeModel() {}

  /** What a model predicts. */
  @FunctionalInterface
  interface Logits {
    /**
     * Logit of token i after a sequence that ends in {@code last} and has {@code length} tokens.
     */
    double of(int i, int last, int length);
  }

  /** Digits are their own ids. */
  static final class Digits implements Tokenizer {
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

  /** A model that takes at most {@code batch} tokens at once. */
  static Subject subject(int batch, Logits model) {
    FakeState state = new FakeState(batch);
    return new Subject(
        state,
        (tokens, from, count, rows, logits) -> {
          assertThat(count).isLessThanOrEqualTo(batch);
          for (int b = 0; b < count; b++) {
            state.seen.add(tokens[from + b]);
            int row = b - (count - rows);
            if (row >= 0) {
              for (int i = 0; i < VOCAB; i++) {
                double logit = model.of(i, tokens[from + b], state.seen.size());
                logits[row * VOCAB + i] = (float) logit;
              }
            }
          }
        });
  }

  /** A text of so many tokens, without the begin token. */
  static String text(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('0' + (i * i + 3 * i) % 9));
    }
    return text.toString();
  }
}
