package io.quant4j.core.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.GenerationOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {
  private static final GenerationOptions PLAIN =
      GenerationOptions.defaults().withTopK(0).withTopP(1).withMinP(0).withTemperature(1);

  private static float[] logits(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] logits = new float[count];
    for (int i = 0; i < count; i++) {
      logits[i] =
          (float) (4 * random.nextDouble() * random.nextDouble() - 2 + random.nextDouble(6));
    }
    return logits;
  }

  /**
   * The kept tokens with their probabilities by the definitions of the filters, one after another.
   */
  private static Map<Integer, Double> expected(float[] logits, GenerationOptions o) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, logits.length).boxed().toList());
    order.sort(Comparator.comparingDouble((Integer i) -> -logits[i]).thenComparing(i -> i));
    if (o.topK() > 0 && o.topK() < order.size()) {
      order = order.subList(0, o.topK());
    }
    double max = logits[order.getFirst()];
    double mass = order.stream().mapToDouble(i -> Math.exp(logits[i] - max)).sum();
    List<Integer> kept = new ArrayList<>();
    double sum = 0;
    for (int token : order) {
      kept.add(token);
      sum += Math.exp(logits[token] - max);
      if (o.topP() < 1 && sum >= o.topP() * mass) {
        break;
      }
    }
    kept.removeIf(i -> o.minP() > 0 && logits[i] < max + (float) Math.log(o.minP()));
    double total =
        kept.stream().mapToDouble(i -> Math.exp((logits[i] - max) / o.temperature())).sum();
    Map<Integer, Double> probabilities = new TreeMap<>();
    for (int token : kept) {
      probabilities.put(token, Math.exp((logits[token] - max) / o.temperature()) / total);
    }
    return probabilities;
  }

  /** More tokens than are sorted at first, of which top-p keeps few, many or nearly all. */
  @ParameterizedTest
  @CsvSource({"700, 0.1", "700, 0.9", "6000, 0.3", "6000, 0.9", "6000, 0.9999"})
  void topP_ofALargeVocabulary_keepsTheSmallestPrefix(int count, float topP) {
    float[] logits = logits(count, 3);
    List<Integer> order = new ArrayList<>(expected(logits, PLAIN.withTopP(topP)).keySet());
    order.sort(Comparator.comparingDouble((Integer i) -> -logits[i]).thenComparing(i -> i));
    Candidates candidates = Candidates.of(logits, 0, topP, 0);
    assertThat(candidates.draw(1, 0)).isEqualTo(order.getFirst());
    assertThat(candidates.draw(1, Math.nextDown(1.0))).isEqualTo(order.getLast());
    double[] upTo = new double[order.size() + 1];
    for (int i = 0; i < order.size(); i++) {
      upTo[i + 1] = upTo[i] + Math.exp(logits[order.get(i)] - logits[order.getFirst()]);
    }
    for (int i = 0; i < order.size(); i += 37) {
      double middle = (upTo[i] + upTo[i + 1]) / 2 / upTo[order.size()];
      assertThat(candidates.draw(1, middle)).as("rank %d", i).isEqualTo(order.get(i));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 0, 1",
    "5, 1, 0, 1",
    "0, 0.6, 0, 1",
    "0, 1, 0.2, 1",
    "40, 0.95, 0.05, 0.8",
    "3, 0.5, 0.5, 2",
    "1, 1, 0, 1",
    "100, 0.9, 0, 0.5"
  })
  void next_frequenciesFollowTheFilters(int topK, float topP, float minP, float temperature) {
    long seed = 11;
    GenerationOptions options =
        PLAIN
            .withTopK(topK)
            .withTopP(topP)
            .withMinP(minP)
            .withTemperature(temperature)
            .withSeed(seed);
    float[] logits = logits(60, seed);
    Sampler sampler = new Sampler(options);
    int draws = 40_000;
    int[] counts = new int[logits.length];
    for (int i = 0; i < draws; i++) {
      counts[sampler.next(logits, new TokenHistory())]++;
    }
    Map<Integer, Double> expected = expected(logits, options);
    for (int token = 0; token < logits.length; token++) {
      double probability = expected.getOrDefault(token, 0.0);
      double error = 5 * Math.sqrt(probability * (1 - probability) / draws);
      assertThat((double) counts[token] / draws)
          .as("token %d, seed %d", token, seed)
          .isCloseTo(probability, within(error + 1e-12));
    }
  }

  @Test
  void next_sameSeed_sameTokens() {
    float[] logits = logits(1_000, 3);
    GenerationOptions options = GenerationOptions.defaults().withSeed(42);
    assertThat(draw(logits, options, 50)).isEqualTo(draw(logits, options, 50));
    assertThat(draw(logits, options, 50)).isNotEqualTo(draw(logits, options.withSeed(43), 50));
  }

  private static List<Integer> draw(float[] logits, GenerationOptions options, int count) {
    Sampler sampler = new Sampler(options);
    return IntStream.range(0, count)
        .mapToObj(i -> sampler.next(logits, new TokenHistory()))
        .toList();
  }

  @Test
  void next_temperatureZero_largestLogitFirstOfEquals() {
    Sampler sampler = new Sampler(GenerationOptions.greedy());
    assertThat(sampler.next(new float[] {1, 3, 3, -7}, new TokenHistory())).isEqualTo(1);
    assertThat(sampler.next(new float[] {-5, -3, -4}, new TokenHistory())).isEqualTo(1);
  }

  @Test
  void next_repeatPenalty_recentTokensOnlyOnce() {
    Sampler sampler =
        new Sampler(GenerationOptions.greedy().withRepeatPenalty(2).withRepeatLastN(3));
    TokenHistory history = new TokenHistory();
    for (int token : new int[] {3, 1, 1, 1}) {
      history.add(token);
    }
    float[] logits = {2.5f, 4, -1, 6};
    // Token 1 counts once (4 / 2 = 2, not 0.5); token 3 is too long ago.
    assertThat(sampler.next(logits, history)).isEqualTo(3);
    assertThat(sampler.next(new float[] {1.5f, 4, -1, 0}, history)).isEqualTo(1);
    assertThat(sampler.next(new float[] {2.5f, 4, -1, 0}, history)).isEqualTo(0);
    // Negative logits are multiplied.
    assertThat(sampler.next(new float[] {-1.5f, -1, -9, -9}, history)).isEqualTo(0);
    assertThat(logits).containsExactly(2.5f, 4, -1, 6);
  }

  @Test
  void largestKeys_equalASortOfEverything() {
    for (long seed = 0; seed < 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] logits = new float[1 + random.nextInt(3_000)];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = random.nextInt(200) - 100; // many equals
      }
      int count = 1 + random.nextInt(logits.length);
      List<Integer> order = new ArrayList<>(IntStream.range(0, logits.length).boxed().toList());
      order.sort(Comparator.comparingDouble((Integer i) -> logits[i]).thenComparing(i -> -i));
      long[] keys = LargestKeys.of(logits, count);
      assertThat(Arrays.stream(keys).mapToObj(LargestKeys::token).toList())
          .as("seed %d", seed)
          .isEqualTo(order.subList(order.size() - count, order.size()));
    }
  }

  /** Both zeros are one, so the order of their tokens decides. */
  @Test
  void largestKeys_ofBothZeros_lowerTokensFirst() {
    float[] logits = {-1, -0f, 0, -0f, 0, 2};
    assertThat(Arrays.stream(LargestKeys.of(logits, 4)).mapToObj(LargestKeys::token))
        .containsExactly(3, 2, 1, 5);
  }
}
