package io.quant4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.SequenceShape;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.kernel.HostOperations;
import io.quant4j.core.kernel.ScalarBackend;
import io.quant4j.core.kernel.ThreadTeam;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LlamaTest {
  private static final int[] TOKENS = {3, 17, 0, 5, 5, 29, 11, 8, 2, 23, 7};
  private static final Predicate<TensorRole> WITHOUT_OPTIONAL =
      role ->
          role.part() == TensorRole.Part.WEIGHT
              && role.kind() != Kind.OUTPUT
              && role.kind() != Kind.ROPE_FREQUENCIES;

  private final Llama llama = new Llama();

  private static ModelMetadata.Builder metadata() {
    return ModelMetadata.builder("llama")
        .vocabularySize(37)
        .contextLength(64)
        .embeddingLength(24)
        .layerCount(3)
        .feedForwardLength(40)
        .headCount(4)
        .kvHeadCount(2)
        .headDim(8);
  }

  private static SequenceShape sequence(int contextLength, int maxBatch) {
    return new SequenceShape(
        contextLength, maxBatch, Optional.of(FormatId.F32), Optional.of(FormatId.F32), true);
  }

  /** Logits (tokens, vocab) of our decoder, fed in batches of the given size. */
  private float[] decode(ModelMetadata m, RandomWeights weights, int batch, int threads) {
    float[] logits = new float[TOKENS.length * m.vocabularySize()];
    try (ThreadTeam team = new ThreadTeam(threads);
        HostOperations operations = new HostOperations(ScalarBackend.kernels(), team)) {
      Decoder decoder = llama.decoder(m, weights, Placement.all(operations));
      DecoderState state = decoder.newState(sequence(m.contextLength(), batch));
      for (int at = 0; at < TOKENS.length; at += batch) {
        int count = Math.min(batch, TOKENS.length - at);
        float[] rows = new float[count * m.vocabularySize()];
        decoder.forward(state, TOKENS, at, count, count, rows);
        System.arraycopy(rows, 0, logits, at * m.vocabularySize(), rows.length);
      }
      assertThat(state.length()).isEqualTo(TOKENS.length);
    }
    return logits;
  }

  private static void assertClose(float[] actual, double[][] expected, long seed) {
    int vocab = expected[0].length;
    for (int t = 0; t < expected.length; t++) {
      for (int i = 0; i < vocab; i++) {
        assertThat((double) actual[t * vocab + i])
            .as("token %d, logit %d, seed %d", t, i, seed)
            .isCloseTo(expected[t][i], within(2e-5));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "INTERLEAVED, 4, 2, 8",
    "HALF_SPLIT, 4, 2, 8",
    "HALF_SPLIT, 4, 4, 6",
    "INTERLEAVED, 6, 1, 4"
  })
  void forward_equalsDoublePrecision(RotaryLayout layout, int heads, int kvHeads, int headDim) {
    long seed = 7;
    ModelMetadata m =
        metadata()
            .headCount(heads)
            .kvHeadCount(kvHeads)
            .headDim(headDim)
            .rotaryLayout(layout)
            .build();
    RandomWeights weights = new RandomWeights(llama, m, seed, WITHOUT_OPTIONAL);
    double[][] expected = new NaiveLlama(m, weights).forward(TOKENS);
    assertClose(decode(m, weights, TOKENS.length, 1), expected, seed);
  }

  @Test
  void forward_untiedOutputAndBiases_equalsDoublePrecision() {
    long seed = 8;
    ModelMetadata m = metadata().ropeDimensions(4).build();
    RandomWeights weights =
        new RandomWeights(llama, m, seed, role -> role.kind() != Kind.ROPE_FREQUENCIES);
    assertClose(decode(m, weights, 4, 2), new NaiveLlama(m, weights).forward(TOKENS), seed);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 3", "2, 2", "5, 3", "11, 2"})
  void forward_anyBatchAndThreads_sameBits(int batch, int threads) {
    ModelMetadata m = metadata().build();
    RandomWeights weights = new RandomWeights(llama, m, 9, WITHOUT_OPTIONAL);
    assertThat(decode(m, weights, batch, threads)).isEqualTo(decode(m, weights, TOKENS.length, 1));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 2", "2, 1", "5, 1"})
  void forward_ofFewLogits_sameBitsAsOfAll(int wanted, int threads) {
    ModelMetadata m = metadata().build();
    RandomWeights weights = new RandomWeights(llama, m, 12, WITHOUT_OPTIONAL);
    float[] all = decode(m, weights, TOKENS.length, 1);
    float[] last = new float[wanted * m.vocabularySize()];
    try (ThreadTeam team = new ThreadTeam(threads);
        HostOperations operations = new HostOperations(ScalarBackend.kernels(), team)) {
      Decoder decoder = llama.decoder(m, weights, Placement.all(operations));
      SequenceShape shape =
          new SequenceShape(16, 8, Optional.of(FormatId.F32), Optional.of(FormatId.F32), false);
      DecoderState state = decoder.newState(shape);
      decoder.forward(state, TOKENS, 0, 6, 0, new float[0]);
      decoder.forward(state, TOKENS, 6, TOKENS.length - 6, wanted, last);
    }
    assertThat(last).isEqualTo(Arrays.copyOfRange(all, all.length - last.length, all.length));
  }

  @Test
  void forward_afterTruncate_continuesFromThere() {
    ModelMetadata m = metadata().build();
    RandomWeights weights = new RandomWeights(llama, m, 10, WITHOUT_OPTIONAL);
    try (ThreadTeam team = new ThreadTeam(1);
        HostOperations operations = new HostOperations(ScalarBackend.kernels(), team)) {
      Decoder decoder = llama.decoder(m, weights, Placement.all(operations));
      DecoderState state = decoder.newState(sequence(16, 8));
      float[] first = new float[m.vocabularySize()];
      float[] again = new float[m.vocabularySize()];
      decoder.forward(state, TOKENS, 0, 6, 0, new float[0]);
      decoder.forward(state, TOKENS, 6, 1, 1, first);
      decoder.forward(state, TOKENS, 7, 4, 1, again);
      state.truncate(6);
      decoder.forward(state, TOKENS, 6, 1, 1, again);
      assertThat(again).isEqualTo(first);
    }
  }

  @Test
  void forward_cacheGrows_valuesStay() {
    ModelMetadata m = metadata().contextLength(700).build();
    RandomWeights weights = new RandomWeights(llama, m, 11, WITHOUT_OPTIONAL);
    int[] tokens = new int[600];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = (i * 7) % m.vocabularySize();
    }
    try (ThreadTeam team = new ThreadTeam(1);
        HostOperations operations = new HostOperations(ScalarBackend.kernels(), team)) {
      Decoder decoder = llama.decoder(m, weights, Placement.all(operations));
      float[] stepwise = new float[m.vocabularySize()];
      float[] atOnce = new float[m.vocabularySize()];
      DecoderState state = decoder.newState(sequence(700, 100));
      for (int at = 0; at < 600; at += 100) {
        decoder.forward(state, tokens, at, 100, 1, stepwise);
      }
      DecoderState whole = decoder.newState(sequence(600, 600));
      decoder.forward(whole, tokens, 0, 600, 1, atOnce);
      assertThat(stepwise).isEqualTo(atOnce);
    }
  }

  @Test
  void tensors_contradictoryMetadata_refused() {
    assertThatThrownBy(() -> llama.tensors(metadata().kvHeadCount(3).build()))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("kv head count");
    assertThatThrownBy(() -> llama.tensors(metadata().ropeDimensions(9).build()))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("rotary dimensions");
    assertThatThrownBy(() -> llama.tensors(metadata().layerCount(0).build()))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("layer count");
    assertThatThrownBy(() -> llama.tensors(metadata().expertCount(8).expertUsedCount(9).build()))
        .isInstanceOf(MalformedModelException.class)
        .hasMessageContaining("experts of a token");
  }

  @Test
  void llama3Factors_followTheRule() {
    // Llama 3.2 1B: head width 64, base 500000, factor 32, low 1, high 4, trained on 8192.
    float[] factors =
        RopeFrequencies.llama3Factors(new RopeScaling.Llama3(32, 1, 4, 8192), 64, 500_000);
    assertThat(factors).hasSize(32);
    for (int i = 0; i < 32; i++) {
      double wavelength = 2 * Math.PI * Math.pow(500_000, 2.0 * i / 64);
      if (wavelength < 2048) {
        assertThat(factors[i]).isEqualTo(1f);
      } else if (wavelength > 8192) {
        assertThat(factors[i]).isEqualTo(32f);
      } else {
        double smooth = (8192 / wavelength - 1) / 3;
        assertThat((double) factors[i]).isCloseTo(1 / ((1 - smooth) / 32 + smooth), within(1e-5));
      }
    }
    assertThat(factors[0]).isEqualTo(1f);
    assertThat(factors[31]).isEqualTo(32f);
  }

  @Test
  void frequencies_linearScaling_dividesPositions() {
    ModelMetadata m = metadata().ropeScaling(new RopeScaling.Linear(4)).build();
    RandomWeights weights = new RandomWeights(llama, m, 1, role -> true);
    float[] scaled = RopeFrequencies.of(m, weights).frequencies(64);
    float[] plain = RopeFrequencies.of(metadata().build(), weights).frequencies(64);
    for (int i = 0; i < plain.length; i++) {
      assertThat(scaled[i]).isEqualTo(plain[i] / 4, within(1e-7f));
    }
  }
}
