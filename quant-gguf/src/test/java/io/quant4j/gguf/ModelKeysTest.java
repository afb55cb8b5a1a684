package io.quant4j.gguf;

import static io.quant4j.gguf.GgufBytes.array;
import static io.quant4j.gguf.GgufBytes.bool;
import static io.quant4j.gguf.GgufBytes.concat;
import static io.quant4j.gguf.GgufBytes.float32;
import static io.quant4j.gguf.GgufBytes.float64;
import static io.quant4j.gguf.GgufBytes.int32;
import static io.quant4j.gguf.GgufBytes.ints;
import static io.quant4j.gguf.GgufBytes.signed32;
import static io.quant4j.gguf.GgufBytes.text;
import static io.quant4j.gguf.GgufBytes.uint16;
import static io.quant4j.gguf.GgufBytes.uint32;
import static io.quant4j.gguf.GgufBytes.uint64;
import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.Checkpoint;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hyper-parameters and sampling values from keys: types, ranges, defaults and agreement. */
class ModelKeysTest extends OpeningTest {
  private static final Class<MalformedModelException> MALFORMED = MalformedModelException.class;
  private static final Class<UnsupportedModelException> UNSUPPORTED =
      UnsupportedModelException.class;

  private ModelMetadata metadata(GgufBytes file) {
    try (Checkpoint checkpoint = open(file)) {
      return checkpoint.metadata();
    }
  }

  private void assertKeyRefused(
      String key, byte[] value, Class<? extends QuantException> type, String words) {
    QuantException error = assertRefused(GgufBytes.llama().key(key, value), type, words);
    assertThat(error.subject()).contains(key);
  }

  @Test
  void missingKeys_takeTheirDefaults() {
    ModelMetadata model = metadata(GgufBytes.llama());

    assertThat(model.architecture()).isEqualTo("llama");
    assertThat(model.name()).isEmpty();
    assertThat(model.kvHeadCount()).isEqualTo(2);
    assertThat(model.headDim()).isEqualTo(4);
    assertThat(model.ropeDimensions()).isEqualTo(4);
    assertThat(model.ropeBase()).isEqualTo(10_000f);
    assertThat(model.rmsNormEpsilon()).isEqualTo(1e-5f);
    assertThat(model.ropeScaling()).isEqualTo(new RopeScaling.None());
    assertThat(model.rotaryLayout()).isEqualTo(RotaryLayout.INTERLEAVED);
    assertThat(model.expertCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama.context_length",
        "llama.embedding_length",
        "llama.block_count",
        "llama.attention.head_count",
        "general.architecture"
      })
  void missingRequiredKey_isNamed(String key) {
    QuantException error =
        assertRefused(GgufBytes.llama().without(key), MALFORMED, "the key is missing");
    assertThat(error.subject()).contains(key);
  }

  @Test
  void emptyArchitecture_isRefused() {
    assertKeyRefused("general.architecture", text(""), MALFORMED, "missing or empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"imatrix", "adapter", "mmproj"})
  void fileOfAnotherType_isUnsupported(String type) {
    assertKeyRefused("general.type", text(type), UNSUPPORTED, "no model but: " + type);
  }

  @ParameterizedTest
  @CsvSource({
    "llama.block_count, 0",
    "llama.block_count, 513",
    "llama.block_count, -1",
    "llama.context_length, 0",
    "llama.embedding_length, 0",
    "llama.attention.head_count_kv, 0",
    "llama.attention.key_length, 0",
    "llama.expert_count, 1025",
    "llama.rope.dimension_count, 0",
    "llama.rope.dimension_count, 5",
    "llama.vocab_size, 0"
  })
  void numberOutOfRange_isRefused(String key, int value) {
    assertKeyRefused(key, uint32(value), MALFORMED, "is not between");
  }

  @Test
  void numberOfAnotherWidth_isRead() {
    assertThat(
            metadata(
                    GgufBytes.llama()
                        .key("llama.block_count", uint64(3))
                        .key("llama.context_length", uint16(7))
                        .key("llama.feed_forward_length", signed32(9)))
                .layerCount())
        .isEqualTo(3);
  }

  @Test
  void hugeUnsignedNumber_isRefusedAsItReads() {
    assertKeyRefused(
        "llama.block_count", uint64(-1), MALFORMED, "18446744073709551615 is not between");
  }

  @Test
  void textInsteadOfNumber_isRefused() {
    assertKeyRefused(
        "llama.block_count", text("1"), MALFORMED, "of type string, not a whole number");
  }

  @Test
  void realInsteadOfWholeNumber_isRefused() {
    assertKeyRefused("llama.block_count", float32(1), MALFORMED, "of type float32, not a whole");
  }

  @Test
  void truthValueInsteadOfNumber_isRefused() {
    assertKeyRefused("llama.block_count", bool(true), MALFORMED, "of type bool, not a whole");
  }

  @Test
  void numberInsteadOfText_isRefused() {
    assertKeyRefused("general.name", uint32(1), MALFORMED, "of type uint32, not a string");
  }

  @Test
  void wholeNumberInsteadOfReal_isRefused() {
    assertKeyRefused(
        "llama.rope.freq_base", uint32(1), MALFORMED, "of type uint32, not a floating-point");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void realThatIsNotFinite_isRefused(float value) {
    assertKeyRefused("llama.rope.freq_base", float32(value), MALFORMED, "not a finite number");
  }

  @Test
  void doubleBeyondFloats_isRefused() {
    assertKeyRefused("llama.rope.freq_base", float64(1e300), MALFORMED, "not a finite number");
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama.rope.freq_base", "llama.attention.layer_norm_rms_epsilon"})
  void realThatIsNotPositive_isRefused(String key) {
    assertKeyRefused(key, float32(0), MALFORMED, "is not above 0");
  }

  @Test
  void uniformArray_countsAsOneNumber() {
    ModelMetadata model =
        metadata(
            GgufBytes.llama()
                .key("llama.feed_forward_length", ints(12, 12))
                .key("llama.attention.head_count_kv", ints(1, 1)));

    assertThat(model.feedForwardLength()).isEqualTo(12);
    assertThat(model.kvHeadCount()).isEqualTo(1);
  }

  @Test
  void arrayOfDifferentNumbers_isUnsupported() {
    assertKeyRefused(
        "llama.feed_forward_length",
        ints(12, 16),
        UNSUPPORTED,
        "differs between layers (12, then 16)");
  }

  @Test
  void emptyArray_isRefused() {
    assertKeyRefused("llama.feed_forward_length", array(5, 0), MALFORMED, "array is empty");
  }

  @Test
  void arrayOfReals_isRefused() {
    assertKeyRefused(
        "llama.block_count", GgufBytes.floats(1), MALFORMED, "of type array of float32");
  }

  @Test
  void noHeads_areUnsupported() {
    assertKeyRefused(
        "llama.attention.head_count", uint32(0), UNSUPPORTED, "without attention heads");
  }

  @Test
  void kvHeadsThatDoNotDivideHeads_areRefused() {
    assertRefused(
        GgufBytes.llama()
            .key("llama.attention.head_count", uint32(8))
            .key("llama.attention.head_count_kv", uint32(3)),
        MALFORMED,
        "3 key/value heads do not divide 8 heads");
  }

  @Test
  void headsThatDoNotDivideTheWidth_areRefused() {
    assertKeyRefused(
        "llama.attention.head_count", uint32(3), MALFORMED, "3 heads do not divide the width of 8");
  }

  @Test
  void statedHeadWidth_needsNoDivision() {
    ModelMetadata model =
        metadata(
            GgufBytes.llama()
                .key("llama.attention.head_count", uint32(3))
                .key("llama.attention.key_length", uint32(6))
                .key("llama.attention.value_length", uint32(6)));

    assertThat(model.headDim()).isEqualTo(6);
    assertThat(model.ropeDimensions()).isEqualTo(6);
  }

  @Test
  void valuesOfAnotherWidthThanKeys_areUnsupported() {
    assertKeyRefused(
        "llama.attention.value_length", uint32(2), UNSUPPORTED, "width 2 beside keys of width 4");
  }

  @Test
  void oddRotaryWidth_isRefused() {
    assertKeyRefused("llama.rope.dimension_count", uint32(3), MALFORMED, "3 is odd");
  }

  @Test
  void moreExpertsUsedThanThere_areRefused() {
    assertRefused(
        GgufBytes.llama()
            .key("llama.expert_count", uint32(4))
            .key("llama.expert_used_count", uint32(5)),
        MALFORMED,
        "5 of 4 experts");
  }

  @Test
  void expertsOfWhichNoneIsUsed_areRefused() {
    assertRefused(GgufBytes.llama().key("llama.expert_count", uint32(4)), MALFORMED, "0 of 4");
  }

  @Test
  void vocabularySize_comesFromTheEmbeddingFirst() {
    GgufBytes file = GgufBytes.llamaWithTensors().key("llama.vocab_size", uint32(77));
    assertThat(metadata(file).vocabularySize()).isEqualTo(5);
  }

  @Test
  void vocabularySizeWithoutTensors_comesFromTheTokenizerIfNotStated() {
    GgufBytes file = GgufBytes.llamaWithTokenizer().without("llama.vocab_size");
    assertThat(metadata(file).vocabularySize()).isEqualTo(5);
  }

  @Test
  void vocabularySizeThatNothingStates_isRefused() {
    assertRefused(
        GgufBytes.llama().without("llama.vocab_size"), MALFORMED, "size of the vocabulary");
  }

  @Test
  void embeddingWithFewerRowsThanTokens_isRefused() {
    GgufBytes file =
        GgufBytes.llamaWithTokenizer().tensor("token_embd.weight", 0, 0, 8, 4).data(128);
    assertRefused(file, MALFORMED, "4 rows for a vocabulary of 5 tokens");
  }

  @ParameterizedTest
  @CsvSource({
    "llama, INTERLEAVED",
    "granite, INTERLEAVED",
    "mistral3, INTERLEAVED",
    "qwen2, HALF_SPLIT",
    "qwen3moe, HALF_SPLIT",
    "gemma3, HALF_SPLIT",
    "phi3, HALF_SPLIT"
  })
  void rotaryLayout_followsTheArchitecture(String architecture, RotaryLayout layout) {
    GgufBytes file =
        GgufBytes.empty()
            .key("general.architecture", text(architecture))
            .key(architecture + ".context_length", uint32(16))
            .key(architecture + ".embedding_length", uint32(8))
            .key(architecture + ".block_count", uint32(1))
            .key(architecture + ".attention.head_count", uint32(2))
            .key(architecture + ".vocab_size", uint32(5));
    assertThat(metadata(file).rotaryLayout()).isEqualTo(layout);
  }

  @Test
  void linearScaling_isRead() {
    GgufBytes file =
        GgufBytes.llama()
            .key("llama.rope.scaling.type", text("linear"))
            .key("llama.rope.scaling.factor", float32(4));
    assertThat(metadata(file).ropeScaling()).isEqualTo(new RopeScaling.Linear(4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama.rope.scaling.factor", "llama.rope.scale_linear"})
  void scalingFactorWithoutType_isLinear(String key) {
    GgufBytes file = GgufBytes.llama().key(key, float32(2));
    assertThat(metadata(file).ropeScaling()).isEqualTo(new RopeScaling.Linear(2));
  }

  @Test
  void scalingTypeNone_ignoresTheFactor() {
    GgufBytes file =
        GgufBytes.llama()
            .key("llama.rope.scaling.type", text("none"))
            .key("llama.rope.scaling.factor", float32(4));
    assertThat(metadata(file).ropeScaling()).isEqualTo(new RopeScaling.None());
  }

  @Test
  void scalingFactorBelowOne_isRefused() {
    assertKeyRefused("llama.rope.scaling.factor", float32(0.5f), MALFORMED, "0.5 is below 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"longrope", "something-new"})
  void otherScaling_isNamedAndKeepsItsKeys(String type) {
    ModelMetadata model =
        metadata(
            GgufBytes.llama()
                .key("llama.rope.scaling.type", text(type))
                .key("llama.rope.scaling.factor", float32(4)));

    assertThat(model.ropeScaling()).isEqualTo(new RopeScaling.Other(type));
    assertThat(model.extra()).containsKeys("llama.rope.scaling.type", "llama.rope.scaling.factor");
  }

  @Test
  void tensorOfRopeFactors_isStoredScaling() {
    GgufBytes file = GgufBytes.llama().tensor("rope_freqs.weight", 0, 0, 2).data(8);
    assertThat(metadata(file).ropeScaling()).isEqualTo(new RopeScaling.StoredFactors());
  }

  @Test
  void tensorOfRopeFactorsBesideAnotherScaling_isNamed() {
    GgufBytes file =
        GgufBytes.llama()
            .key("llama.rope.scaling.factor", float32(2))
            .tensor("rope_freqs.weight", 0, 0, 2)
            .data(8);
    assertThat(metadata(file).ropeScaling())
        .isEqualTo(new RopeScaling.Other("linear with stored factors"));
  }

  @Test
  void samplingValues_areGenerationDefaults() {
    GgufBytes file =
        GgufBytes.llama()
            .key("general.sampling.temp", float32(0.6f))
            .key("general.sampling.top_k", signed32(20))
            .key("general.sampling.top_p", float32(0.95f))
            .key("general.sampling.min_p", float32(0.01f))
            .key("general.sampling.penalty_repeat", float32(1.05f));

    try (Checkpoint checkpoint = open(file)) {
      assertThat(checkpoint.generationDefaults())
          .isEqualTo(
              new GenerationDefaults(
                  true,
                  OptionalDouble.of(0.6),
                  OptionalInt.of(20),
                  OptionalDouble.of(0.95),
                  OptionalDouble.of(0.01),
                  OptionalDouble.of(1.05)));
    }
  }

  @Test
  void temperatureOfZero_isGreedy() {
    GgufBytes file = GgufBytes.llama().key("general.sampling.temp", float32(0));
    try (Checkpoint checkpoint = open(file)) {
      assertThat(checkpoint.generationDefaults().sample()).isFalse();
      assertThat(checkpoint.generationDefaults().temperature()).isEmpty();
    }
  }

  @Test
  void probabilityAboveOne_isRefused() {
    assertKeyRefused("general.sampling.top_p", float32(1.5f), MALFORMED, "not between 0 and 1");
  }

  @Test
  void keysWithoutNeutralName_areKeptInOrderWithTheirTypes() {
    ModelMetadata model =
        metadata(
            GgufBytes.llama()
                .key("general.license", text("mit"))
                .key("llama.attention.sliding_window", uint32(7))
                .key("general.tags", concat(array(8, 1), GgufBytes.string("x")))
                .key("general.flag", concat(int32(7), new byte[] {1})));

    assertThat(model.extra().keySet())
        .containsExactly(
            "general.license",
            "llama.attention.sliding_window",
            "general.tags",
            "general.flag",
            "(order of keys)");
  }
}
