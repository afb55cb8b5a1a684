package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.Tokenizer;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.Vocabulary;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link Tokenizer} must keep. A subclass supplies one whose vocabulary expresses every
 * text.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TokenizerContract {
  private static final int RANDOM_TEXTS = 200;
  private static final int RANDOM_LENGTH = 60;
  private static final int THREADS = 4;

  /**
   * Length of a run of one character in UTF-16 units; quadratic work on it does not end in time.
   */
  private static final int LONG_RUN = 1 << 20;

  /** The tokenizer under test; the same each time, or an equal one. */
  protected abstract Tokenizer tokenizer();

  /**
   * What decoding gives back of a text without lone surrogates; the text itself unless the
   * tokenizer loses something.
   */
  protected String restored(String text) {
    return text;
  }

  private int[] encode(String text) {
    return tokenizer().encode(text, false, false);
  }

  private String decode(int... ids) {
    return tokenizer().decode(ids, false);
  }

  static Stream<String> texts() {
    return TokenizerTexts.wellFormed().stream();
  }

  @ParameterizedTest
  @MethodSource("texts")
  void decode_ofEncodedText_restoresIt(String text) {
    assertThat(decode(encode(text))).isEqualTo(restored(text));
  }

  @Test
  void decode_ofEncodedRandomText_restoresIt() {
    for (int seed = 0; seed < RANDOM_TEXTS; seed++) {
      String text = TokenizerTexts.random(seed, RANDOM_LENGTH);
      assertThat(decode(encode(text))).as("seed %d", seed).isEqualTo(restored(text));
    }
  }

  @Test
  void decode_ofEncodedLoneSurrogates_givesReplacementCharacters() {
    for (List<String> pair : TokenizerTexts.loneSurrogates()) {
      assertThat(encode(pair.getFirst())).isEqualTo(encode(pair.getLast()));
      assertThat(decode(encode(pair.getFirst()))).isEqualTo(pair.getLast());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "A", "ab", "7", " ", "\n", "\t", " \n", "!", "é", "\u0301", "漢", "😀", "'"})
  @Timeout(60)
  void encode_veryLongRun_endsInTime(String unit) {
    String text = unit.repeat(LONG_RUN / unit.length());
    int[] ids = encode(text);
    // Not isEqualTo: a failure would print both.
    assertThat(decode(ids).equals(restored(text))).as("restored").isTrue();
  }

  @Test
  void encode_emptyText_givesOnlyTheFrame() {
    assertThat(encode("")).isEmpty();
    assertThat(tokenizer().encode("", true, true)).isEqualTo(framed());
    assertThat(decode()).isEmpty();
  }

  @Test
  void encode_withSpecial_addsTheFrame() {
    texts()
        .forEach(text ->
            assertThat(tokenizer().encode(text, true, false))
                .as(text)
                .isEqualTo(framed(encode(text))));
  }

  @Test
  void encode_textThatSpellsTheBeginToken_addsItAllTheSame() {
    var special = tokenizer().spec().special();
    if (special.bos().isPresent()) {
      int bos = special.bos().getAsInt();
      String text = tokenizer().spec().vocabulary().pieces().get(bos);
      assertThat(tokenizer().encode(text, true, true)).isEqualTo(framed(bos));
    }
  }

  private int[] framed(int... ids) {
    var spec = tokenizer().spec();
    IntStream before = spec.addBos() ? spec.special().bos().stream() : IntStream.empty();
    IntStream after = spec.addEos() ? spec.special().eos().stream() : IntStream.empty();
    return IntStream.concat(IntStream.concat(before, IntStream.of(ids)), after).toArray();
  }

  @Test
  void encode_anyText_givesIdsOfTheVocabulary() {
    int size = tokenizer().spec().vocabulary().size();
    texts()
        .forEach(text ->
            assertThat(Arrays.stream(encode(text))).as(text).allMatch(id -> id >= 0 && id < size));
  }

  @Test
  void encode_otherCharSequence_givesTheSame() {
    String text = "Hello, world!";
    assertThat(tokenizer().encode(CharBuffer.wrap(text), false, false)).isEqualTo(encode(text));
  }

  @Test
  void encode_controlTokenInText_isRecognizedOnlyWhenAskedFor() {
    for (int id : ofType(TokenType.CONTROL)) {
      String text = "x" + piece(id) + "y";
      assertThat(tokenizer().encode(text, false, true)).as(text).contains(id);
      assertThat(encode(text)).as(text).doesNotContain(id);
    }
  }

  @Test
  void encode_userDefinedTokenInText_isAlwaysRecognized() {
    for (int id : ofType(TokenType.USER_DEFINED)) {
      String text = "x" + piece(id) + "y";
      assertThat(tokenizer().encode(text, false, true)).as(text).contains(id);
      assertThat(encode(text)).as(text).contains(id);
    }
  }

  @Test
  void decode_controlToken_isHiddenUnlessAskedFor() {
    for (int id : ofType(TokenType.CONTROL)) {
      assertThat(tokenizer().decode(new int[] {id}, false)).isEmpty();
      assertThat(tokenizer().decode(new int[] {id}, true)).isEqualTo(piece(id));
    }
  }

  /** Ids of a type whose text no earlier entry has. */
  private int[] ofType(TokenType type) {
    Vocabulary vocabulary = tokenizer().spec().vocabulary();
    return IntStream.range(0, vocabulary.size())
        .filter(id -> vocabulary.types().get(id) == type && !piece(id).isEmpty())
        .filter(id -> vocabulary.find(piece(id)).equals(OptionalInt.of(id)))
        .toArray();
  }

  private String piece(int id) {
    return tokenizer().spec().vocabulary().pieces().get(id);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void stream_ofText_equalsDecodeAtEveryToken(boolean showSpecial) {
    texts().forEach(text -> assertStream(tokenizer().encode(text, true, true), showSpecial, text));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void stream_ofRandomTokens_equalsDecodeAtEveryToken(boolean showSpecial) {
    int size = tokenizer().spec().vocabulary().size();
    for (int seed = 0; seed < RANDOM_TEXTS; seed++) {
      RandomGenerator random = TokenizerTexts.generator(seed);
      // Low ids are bytes in many vocabularies, and bytes in disorder are what is hard.
      int bound = seed % 2 == 0 ? size : Math.min(size, 300);
      int[] ids = random.ints(40, 0, bound).toArray();
      assertStream(ids, showSpecial, "seed " + seed);
    }
  }

  /**
   * One stream takes the tokens; after each, what it holds back is compared with what another one
   * finishes with.
   */
  private void assertStream(int[] ids, boolean showSpecial, String what) {
    Tokenizer.Stream whole = tokenizer().newStream(showSpecial);
    Tokenizer.Stream cut = tokenizer().newStream(showSpecial);
    StringBuilder text = new StringBuilder();
    for (int end = 1; end <= ids.length; end++) {
      text.append(whole.accept(ids[end - 1]));
      StringBuilder part = new StringBuilder();
      for (int i = 0; i < end; i++) {
        part.append(cut.accept(ids[i]));
      }
      assertThat(part.toString()).as(what).isEqualTo(text.toString());
      String held = cut.finish();
      assertThat(held).as(what + ": held back").hasSizeLessThanOrEqualTo(3);
      assertThat(part + held)
          .as(what)
          .isEqualTo(tokenizer().decode(Arrays.copyOf(ids, end), showSpecial));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void decode_idOutOfRange_isRefused(int id) {
    assertRefused(id);
  }

  @Test
  void decode_idOfVocabularySize_isRefused() {
    assertRefused(tokenizer().spec().vocabulary().size());
  }

  private void assertRefused(int id) {
    assertThatThrownBy(() -> decode(id)).isInstanceOf(InvalidRequestException.class);
    Tokenizer.Stream stream = tokenizer().newStream(true);
    assertThatThrownBy(() -> stream.accept(id)).isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void encode_fromManyThreads_givesTheSame() throws Exception {
    List<String> texts = new ArrayList<>(TokenizerTexts.wellFormed());
    for (int seed = 0; seed < RANDOM_TEXTS; seed++) {
      texts.add(TokenizerTexts.random(seed, RANDOM_LENGTH));
    }
    Tokenizer shared = tokenizer();
    int[][] expected = texts.stream().map(t -> shared.encode(t, true, true)).toArray(int[][]::new);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<int[][]>> results = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        results.add(
            threads.submit(
                () -> texts.stream().map(t -> shared.encode(t, true, true)).toArray(int[][]::new)));
      }
      for (Future<int[][]> result : results) {
        assertThat(result.get()).isDeepEqualTo(expected);
      }
    }
  }
}
