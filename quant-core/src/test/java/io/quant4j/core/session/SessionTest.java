package io.quant4j.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.GeneratedToken;
import io.quant4j.api.Generation;
import io.quant4j.api.GenerationOptions;
import io.quant4j.api.GenerationResult;
import io.quant4j.api.GenerationResult.FinishReason;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.error.ContextOverflowException;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.error.OperationCancelledException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversations with the small model of the repository, on the scalar backend. */
@Timeout(120)
class SessionTest {
  private static final String PROMPT = "The old man looked at the";
  private static final GenerationOptions SHORT = GenerationOptions.greedy().withMaxTokens(12);

  private static Model model;

  @BeforeAll
  static void load() {
    model = Model.load(TinyNovels.directory(), LoadOptions.defaults().withThreads(2));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static GenerationResult generate(Model m, String prompt, GenerationOptions options) {
    try (InferenceSession session = m.newSession()) {
      return session.generate(prompt, options).result();
    }
  }

  @Test
  void generate_greedy_knownText() {
    GenerationResult result = generate(model, PROMPT, SHORT);
    assertThat(result.text()).isEqualTo(" door. He was a little in the same way, and");
    assertThat(result.tokens()).hasSize(12);
    assertThat(result.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
    assertThat(result.usage().promptTokens()).isEqualTo(7);
    assertThat(result.usage().generatedTokens()).isEqualTo(12);
    assertThat(result.usage().promptTokensPerSecond()).isPositive();
    assertThat(result.usage().generatedTokensPerSecond()).isPositive();
  }

  @Test
  void generate_threeWaysOfReading_sameTokens() {
    List<GeneratedToken> iterated = new ArrayList<>();
    List<GeneratedToken> heard = new ArrayList<>();
    try (InferenceSession session = model.newSession()) {
      session.generate(PROMPT, SHORT).forEach(iterated::add);
      session.reset();
      GenerationResult result = session.generate(PROMPT, SHORT, heard::add);
      session.reset();
      List<GeneratedToken> streamed = session.generate(PROMPT, SHORT).stream().toList();
      assertThat(iterated).isEqualTo(heard).isEqualTo(streamed);
      assertThat(iterated.stream().map(GeneratedToken::text).collect(Collectors.joining()))
          .isEqualTo(result.text());
      assertThat(iterated.stream().map(GeneratedToken::id).toList()).isEqualTo(result.tokens());
      assertThat(iterated.stream().map(GeneratedToken::index).toList())
          .isEqualTo(IntStream.range(0, 12).boxed().toList());
    }
  }

  @Test
  void generate_readTwice_refused() {
    try (InferenceSession session = model.newSession()) {
      Generation generation = session.generate(PROMPT, SHORT);
      generation.iterator().next();
      assertThatThrownBy(generation::iterator).isInstanceOf(InvalidRequestException.class);
    }
  }

  @Test
  void generate_nothingIsComputedBeforeReading() {
    try (InferenceSession session = model.newSession()) {
      Generation generation = session.generate(PROMPT, SHORT);
      assertThat(session.length()).isZero();
      generation.iterator().next();
      assertThat(session.length()).isEqualTo(8);
    }
  }

  @Test
  void generate_inTwoParts_likeInOne() {
    String whole = generate(model, PROMPT, SHORT).text();
    try (InferenceSession session = model.newSession()) {
      String first = session.generate(PROMPT, SHORT.withMaxTokens(5)).text();
      GenerationResult second = session.generate("", SHORT.withMaxTokens(7)).result();
      assertThat(first + second.text()).isEqualTo(whole);
      // Only the token that was generated last had not been read.
      assertThat(second.usage().promptTokens()).isEqualTo(1);
    }
  }

  @Test
  void generate_secondPrompt_likeReadingEverythingAtOnce() {
    try (InferenceSession talk = model.newSession();
        InferenceSession atOnce = model.newSession()) {
      List<Integer> said = talk.generate(PROMPT, SHORT).result().tokens();
      GenerationResult answer = talk.generate(" She said", SHORT).result();
      int[] prompt = model.tokenizer().encode(PROMPT, true, true);
      int[] more = model.tokenizer().encode(" She said", false, true);
      assertThat(answer.usage().promptTokens()).isEqualTo(more.length + 1);
      int[] all =
          IntStream.concat(
                  IntStream.of(prompt),
                  IntStream.concat(said.stream().mapToInt(i -> i), IntStream.of(more)))
              .toArray();
      float[] logits = atOnce.evaluate(all);
      assertThat(answer.tokens().getFirst()).isEqualTo(argmax(logits));
      assertThat(atOnce.length()).isEqualTo(all.length);
    }
  }

  private static int argmax(float[] logits) {
    return IntStream.range(0, logits.length)
        .reduce((a, b) -> logits[b] > logits[a] ? b : a)
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void generate_anyThreadsAndBatch_sameTokens(int threads) {
    GenerationOptions options = GenerationOptions.defaults().withSeed(5).withMaxTokens(24);
    GenerationResult expected = generate(model, PROMPT, options);
    LoadOptions load = LoadOptions.defaults().withThreads(threads).withPrefillBatch(threads);
    try (Model other = Model.load(TinyNovels.directory(), load)) {
      assertThat(other.threads()).isEqualTo(threads);
      assertThat(generate(other, PROMPT, options).tokens()).isEqualTo(expected.tokens());
    }
  }

  @Test
  void generate_seeds_decideTheText() {
    GenerationOptions options = GenerationOptions.defaults().withMaxTokens(24).withTemperature(1);
    String first = generate(model, PROMPT, options.withSeed(1)).text();
    assertThat(generate(model, PROMPT, options.withSeed(1)).text()).isEqualTo(first);
    assertThat(generate(model, PROMPT, options.withSeed(2)).text()).isNotEqualTo(first);
  }

  @Test
  void generate_manySessionsAtOnce_likeAlone() throws InterruptedException {
    List<String> prompts = List.of(PROMPT, "It was a dark", "She opened", "My dear Watson");
    Map<String, String> texts = new ConcurrentHashMap<>();
    List<Thread> threads =
        prompts.stream()
            .map(p ->
                Thread.startVirtualThread(() -> texts.put(p, generate(model, p, SHORT).text())))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    for (String prompt : prompts) {
      assertThat(texts.get(prompt)).isEqualTo(generate(model, prompt, SHORT).text());
    }
  }

  @Test
  void generate_stopString_endsBeforeIt() {
    try (InferenceSession session = model.newSession()) {
      List<GeneratedToken> tokens = new ArrayList<>();
      GenerationResult result =
          session.generate(PROMPT, SHORT.withStopStrings("little in"), tokens::add);
      assertThat(result.text()).isEqualTo(" door. He was a ");
      assertThat(result.finishReason()).isEqualTo(FinishReason.STOP_STRING);
      assertThat(tokens.stream().map(GeneratedToken::text).collect(Collectors.joining()))
          .isEqualTo(result.text());
    }
  }

  @Test
  void generate_stopStringThatOnlyBegins_comesOutAtTheEnd() {
    GenerationResult result = generate(model, PROMPT, SHORT.withStopStrings(" way, and he"));
    assertThat(result.text()).isEqualTo(" door. He was a little in the same way, and");
    assertThat(result.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
  }

  @Test
  void generate_noTokens_readsThePromptOnly() {
    try (InferenceSession session = model.newSession()) {
      GenerationResult result = session.generate(PROMPT, SHORT.withMaxTokens(0)).result();
      assertThat(result.text()).isEmpty();
      assertThat(session.length()).isEqualTo(7);
    }
  }

  @Test
  void generate_contextFills_endsThere() {
    try (InferenceSession session = model.newSession(10)) {
      GenerationResult result = session.generate(PROMPT, SHORT).result();
      assertThat(result.finishReason()).isEqualTo(FinishReason.CONTEXT_FULL);
      // Three are read into the rest of the context; the fourth needs no room any more.
      assertThat(result.tokens()).hasSize(4);
      assertThat(generate(model, PROMPT, SHORT).text()).startsWith(result.text());
      assertThatThrownBy(() -> session.generate(" more", SHORT))
          .isInstanceOf(ContextOverflowException.class);
    }
  }

  @Test
  void generate_promptTooLong_refusedAtOnce() {
    try (InferenceSession session = model.newSession(5)) {
      assertThatThrownBy(() -> session.generate(PROMPT, SHORT))
          .isInstanceOf(ContextOverflowException.class)
          .hasMessageContaining("7 tokens")
          .hasMessageContaining("5");
      assertThat(session.length()).isZero();
    }
  }

  @Test
  void generate_emptyPrompt_beginsWithTheBeginToken() {
    GenerationResult result = generate(model, "", SHORT);
    assertThat(result.usage().promptTokens()).isEqualTo(1);
    assertThat(result.tokens()).isNotEmpty();
  }

  @Test
  void cancel_fromAnotherThread_endsGeneration() throws InterruptedException {
    try (InferenceSession session = model.newSession()) {
      Generation generation = session.generate(PROMPT, SHORT.withMaxTokens(400));
      var iterator = generation.iterator();
      iterator.next();
      Thread other = Thread.startVirtualThread(generation::cancel);
      other.join();
      assertThat(iterator.hasNext()).isFalse();
      assertThat(generation.result().finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(generation.result().tokens()).hasSize(1);
      // The session goes on from what it had read.
      assertThat(session.generate(" and", SHORT).text()).isNotEmpty();
    }
  }

  @Test
  void generate_whileAnotherIsUnfinished_endsTheFirst() {
    try (InferenceSession session = model.newSession()) {
      Generation first = session.generate(PROMPT, SHORT);
      var iterator = first.iterator();
      iterator.next();
      session.generate(" and", SHORT).text();
      assertThat(iterator.hasNext()).isFalse();
      assertThat(first.result().finishReason()).isEqualTo(FinishReason.CANCELLED);
    }
  }

  @Test
  void evaluate_badIds_refused() {
    try (InferenceSession session = model.newSession()) {
      assertThatThrownBy(() -> session.evaluate(4_096))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("4096");
      assertThatThrownBy(() -> session.evaluate(-1)).isInstanceOf(InvalidRequestException.class);
      assertThatThrownBy(() -> session.evaluate()).isInstanceOf(InvalidRequestException.class);
      assertThat(session.length()).isZero();
    }
  }

  @Test
  void reset_sessionIsAsNew() {
    try (InferenceSession session = model.newSession()) {
      String first = session.generate(PROMPT, SHORT).text();
      session.reset();
      assertThat(session.length()).isZero();
      assertThat(session.generate(PROMPT, SHORT).text()).isEqualTo(first);
    }
  }

  @Test
  void closed_sessionAndModel_refuseToWork() {
    InferenceSession session = model.newSession();
    session.close();
    session.close();
    assertThatThrownBy(() -> session.generate(PROMPT, SHORT))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("session is closed");
    Model other = Model.load(TinyNovels.directory(), LoadOptions.defaults().withThreads(1));
    InferenceSession orphan = other.newSession();
    other.close();
    other.close();
    assertThatThrownBy(() -> orphan.evaluate(1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("model is closed");
    assertThatThrownBy(other::newSession).isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void newSession_contextBeyondTheModel_refused() {
    assertThatThrownBy(() -> model.newSession(513))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("512");
    assertThatThrownBy(() -> model.newSession(0)).isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void load_unknownBackend_listsThoseInstalled() {
    assertThatThrownBy(
            () -> Model.load(TinyNovels.directory(), LoadOptions.defaults().withBackend("warp")))
        .isInstanceOf(MissingExtensionException.class)
        .isNotInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("warp")
        .hasMessageContaining("scalar");
  }

  @Test
  void load_missingPath_saysSo() {
    assertThatThrownBy(() -> Model.load(TinyNovels.directory().resolve("nothing.gguf")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("nothing.gguf");
  }

  @Test
  void perplexity_cancelled_stops() {
    CancellationToken token = new CancellationToken();
    token.cancel();
    assertThatThrownBy(() ->
            model.perplexity(
                "word ".repeat(200),
                PerplexityOptions.defaults().withContext(16).withCancellation(token)))
        .isInstanceOf(OperationCancelledException.class);
  }

  @Test
  void perplexity_repetitiveText_isLowerThanOfNoise() {
    PerplexityOptions options = PerplexityOptions.defaults().withContext(32).withChunks(4);
    double fluent =
        model
            .perplexity("The man said that he was a man of the world. ".repeat(40), options)
            .value();
    double noise = model.perplexity("Qx vz jk wq zx pq; ".repeat(60), options).value();
    assertThat(fluent).isLessThan(noise / 2);
  }
}
