package io.quant4j.gguf;

import static io.quant4j.gguf.GgufBytes.bool;
import static io.quant4j.gguf.GgufBytes.floats;
import static io.quant4j.gguf.GgufBytes.ints;
import static io.quant4j.gguf.GgufBytes.signed32;
import static io.quant4j.gguf.GgufBytes.text;
import static io.quant4j.gguf.GgufBytes.texts;
import static io.quant4j.gguf.GgufBytes.uint32;
import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.Checkpoint;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokenizers from keys: types, counts, defaults by model and by name of the split. */
class TokenizerKeysTest extends OpeningTest {
  private static final Class<MalformedModelException> MALFORMED = MalformedModelException.class;

  private TokenizerSpec tokenizer(GgufBytes file) {
    try (Checkpoint checkpoint = open(file)) {
      return checkpoint.tokenizer().orElseThrow();
    }
  }

  private void assertKeyRefused(GgufBytes file, String key, String words) {
    QuantException error = assertRefused(file, MALFORMED, words);
    assertThat(error.subject()).contains(key);
  }

  private static GgufBytes byteLevel(String... tokens) {
    return GgufBytes.llama()
        .key("tokenizer.ggml.model", text("gpt2"))
        .key("tokenizer.ggml.tokens", texts(tokens))
        .key("tokenizer.ggml.merges", texts("a b"));
  }

  @Test
  void fileWithoutTokenizer_hasNone() {
    try (Checkpoint checkpoint = open(GgufBytes.llama())) {
      assertThat(checkpoint.tokenizer()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "no_vocab"})
  void modelThatMeansNone_isNone(String model) {
    GgufBytes file = GgufBytes.llama().key("tokenizer.ggml.model", text(model));
    try (Checkpoint checkpoint = open(file)) {
      assertThat(checkpoint.tokenizer()).isEmpty();
      assertThat(checkpoint.metadata().extra()).containsKey("tokenizer.ggml.model");
    }
  }

  @Test
  void sentencePiece_takesItsDefaults() {
    TokenizerSpec spec = tokenizer(GgufBytes.llamaWithTokenizer());

    assertThat(spec.algorithm()).isEqualTo(TokenizerSpec.SENTENCEPIECE_BPE);
    assertThat(spec.vocabulary().pieces()).containsExactly("<unk>", "<s>", "</s>", "a", "b");
    assertThat(spec.vocabulary().scores()).containsExactly(0, 0, 0, -1, -2);
    assertThat(spec.vocabulary().types())
        .containsExactly(
            TokenType.UNKNOWN,
            TokenType.CONTROL,
            TokenType.CONTROL,
            TokenType.NORMAL,
            TokenType.NORMAL);
    assertThat(spec.special().bos()).hasValue(1);
    assertThat(spec.special().eos()).hasValue(2);
    assertThat(spec.special().unknown()).hasValue(0);
    assertThat(spec.special().padding()).isEmpty();
    assertThat(spec.special().endOfGeneration()).isEmpty();
    assertThat(spec.addBos()).isTrue();
    assertThat(spec.addEos()).isFalse();
    assertThat(spec.addSpacePrefix()).isTrue();
    assertThat(spec.preTokenizer()).isEmpty();
  }

  @Test
  void byteLevel_takesItsDefaults() {
    TokenizerSpec spec = tokenizer(byteLevel("a", "b", "ab"));

    assertThat(spec.algorithm()).isEqualTo(TokenizerSpec.BYTE_LEVEL_BPE);
    assertThat(spec.merges()).containsExactly("a b");
    assertThat(spec.preTokenizer()).contains("default");
    assertThat(spec.vocabulary().scores()).isEmpty();
    assertThat(spec.vocabulary().types()).isEqualTo(Collections.nCopies(3, TokenType.NORMAL));
    assertThat(spec.special().bos()).isEmpty();
    assertThat(spec.special().eos()).isEmpty();
    assertThat(spec.addBos()).isFalse();
    assertThat(spec.addSpacePrefix()).isFalse();
    assertThat(spec.ignoreMerges()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "llama-bpe, true, true",
    "llama3, true, true",
    "tekken, true, true",
    "chameleon, true, false",
    "youtu, false, true",
    "minicpm5, false, true",
    "qwen2, false, false",
    "default, false, false"
  })
  void nameOfTheSplit_decidesDefaults(String name, boolean addBos, boolean ignoreMerges) {
    TokenizerSpec spec = tokenizer(byteLevel("a").key("tokenizer.ggml.pre", text(name)));

    assertThat(spec.preTokenizer()).contains(name);
    assertThat(spec.addBos()).isEqualTo(addBos);
    assertThat(spec.ignoreMerges()).isEqualTo(ignoreMerges);
  }

  @Test
  void statedFlags_overrideDefaults() {
    TokenizerSpec spec =
        tokenizer(
            GgufBytes.llamaWithTokenizer()
                .key("tokenizer.ggml.add_bos_token", bool(false))
                .key("tokenizer.ggml.add_eos_token", bool(true))
                .key("tokenizer.ggml.add_space_prefix", bool(false)));

    assertThat(spec.addBos()).isFalse();
    assertThat(spec.addEos()).isTrue();
    assertThat(spec.addSpacePrefix()).isFalse();
  }

  @Test
  void otherModel_keepsItsName() {
    TokenizerSpec spec =
        tokenizer(
            GgufBytes.llama()
                .key("tokenizer.ggml.model", text("rwkv"))
                .key("tokenizer.ggml.tokens", texts("a")));
    assertThat(spec.algorithm()).isEqualTo("gguf:rwkv");
  }

  @Test
  void idOutsideTheVocabulary_countsAsNone() {
    TokenizerSpec spec =
        tokenizer(
            GgufBytes.llamaWithTokenizer()
                .key("tokenizer.ggml.padding_token_id", uint32(-1))
                .key("tokenizer.ggml.bos_token_id", uint32(5))
                .key("tokenizer.ggml.eos_token_id", signed32(4)));

    assertThat(spec.special().padding()).isEmpty();
    assertThat(spec.special().bos()).isEmpty();
    assertThat(spec.special().eos()).hasValue(4);
    assertThat(spec.extra())
        .containsKeys("tokenizer.ggml.padding_token_id", "tokenizer.ggml.bos_token_id");
  }

  @Test
  void defaultIdOutsideTheVocabulary_countsAsNone() {
    TokenizerSpec spec =
        tokenizer(
            GgufBytes.llamaWithTokenizer()
                .key("tokenizer.ggml.tokens", texts("a"))
                .key("tokenizer.ggml.scores", floats(0))
                .key("tokenizer.ggml.token_type", ints(1)));
    assertThat(spec.special().bos()).isEmpty();
  }

  @Test
  void endOfGeneration_isFoundByTextAndByKey() {
    TokenizerSpec spec =
        tokenizer(
            byteLevel("a", "<|im_end|>", "x", "<|endoftext|>", "y", "</s>", "z")
                .key("tokenizer.ggml.eos_token_id", uint32(3))
                .key("tokenizer.ggml.eot_token_id", uint32(4))
                .key("tokenizer.ggml.eom_token_id", uint32(2))
                .key("tokenizer.ggml.fim_sep_token_id", uint32(6)));

    assertThat(spec.special().endOfGeneration()).containsExactlyInAnyOrder(1, 2, 4, 5, 6);
    assertThat(spec.special().endsGeneration(3)).isTrue();
    assertThat(spec.special().endsGeneration(0)).isFalse();
  }

  @Test
  void endOfMessageBesideCalls_doesNotEndGeneration() {
    TokenizerSpec spec = tokenizer(byteLevel("<|return|>", "<|call|>", "<|end|>"));
    assertThat(spec.special().endOfGeneration()).containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void endOfTextBesideToolResponse_doesNotEndGeneration() {
    TokenizerSpec spec = tokenizer(byteLevel("<|tool_response>", "</s>"));
    assertThat(spec.special().endOfGeneration()).containsExactly(0);
  }

  @Test
  void endOfGeneration_isControlWhateverTheFileSays() {
    TokenizerSpec spec =
        tokenizer(
            byteLevel("a", "<|im_end|>", "<|eot_id|>", "[PAD]", "<|im_start|>")
                .key("tokenizer.ggml.token_type", ints(1, 1, 4, 5, 4)));

    assertThat(spec.vocabulary().types())
        .containsExactly(
            TokenType.NORMAL,
            TokenType.CONTROL,
            TokenType.CONTROL,
            TokenType.CONTROL,
            TokenType.USER_DEFINED);
  }

  @Test
  void textThatEndsNoGeneration_isNoControl() {
    TokenizerSpec messages =
        tokenizer(
            byteLevel("<|flush|>", "<|calls|>", "<|end|>")
                .key("tokenizer.ggml.token_type", ints(3, 3, 3)));
    TokenizerSpec responses =
        tokenizer(
            byteLevel("<|tool_response>", "</s>").key("tokenizer.ggml.token_type", ints(3, 3)));

    assertThat(messages.vocabulary().types().get(2)).isEqualTo(TokenType.USER_DEFINED);
    assertThat(responses.vocabulary().types().get(1)).isEqualTo(TokenType.NORMAL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Phi-3 mini", "a PHI3"})
  void addedTokensOfPhi3_swallowSpaceAfterThem(String name) {
    TokenizerSpec spec = tokenizer(named(name));

    assertThat(spec.stripRight()).containsExactlyInAnyOrder(2, 4);
    assertThat(spec.stripLeft()).isEmpty();
  }

  @Test
  void addedTokensOfOtherModels_swallowNothing() {
    assertThat(tokenizer(named("Phi 3")).stripRight()).isEmpty();
  }

  @Test
  void ownListOfIds_replacesWhatTheNameImplies() {
    TokenizerSpec spec =
        tokenizer(named("phi-3").key("quant4j.tokenizer.strip_right_token_ids", ints()));

    assertThat(spec.stripRight()).isEmpty();
  }

  /** With the token {@code b} user-defined. */
  private static GgufBytes named(String name) {
    return GgufBytes.llamaWithTokenizer()
        .key("general.name", text(name))
        .key("tokenizer.ggml.token_type", ints(2, 3, 4, 1, 4));
  }

  @Test
  void chatTemplates_areRead() {
    TokenizerSpec spec =
        tokenizer(
            GgufBytes.llamaWithTokenizer()
                .key("tokenizer.chat_template", text("{{ a }}"))
                .key("tokenizer.chat_template.tool_use", text("{{ b }}")));

    assertThat(spec.chatTemplate()).contains("{{ a }}");
    assertThat(spec.extra()).containsOnlyKeys("tokenizer.chat_template.tool_use");
  }

  @Test
  void undefinedTokenType_isUnused() {
    TokenizerSpec spec =
        tokenizer(
            GgufBytes.llamaWithTokenizer()
                .key("tokenizer.ggml.tokens", texts("<unk>", "<s>", "x", "a", "b"))
                .key("tokenizer.ggml.token_type", ints(0, 4, 5, 6, 1)));
    assertThat(spec.vocabulary().types())
        .containsExactly(
            TokenType.UNUSED,
            TokenType.USER_DEFINED,
            TokenType.UNUSED,
            TokenType.BYTE,
            TokenType.NORMAL);
  }

  @Test
  void missingTokens_areRefused() {
    GgufBytes file = GgufBytes.llamaWithTokenizer().without("tokenizer.ggml.tokens");
    assertKeyRefused(file, "tokenizer.ggml.tokens", "the key is missing");
  }

  @Test
  void tokensOfAnotherType_areRefused() {
    GgufBytes file = GgufBytes.llamaWithTokenizer().key("tokenizer.ggml.tokens", ints(1, 2));
    assertKeyRefused(file, "tokenizer.ggml.tokens", "array of int32, not an array of strings");
  }

  @Test
  void tokensThatAreNoArray_areRefused() {
    GgufBytes file = GgufBytes.llamaWithTokenizer().key("tokenizer.ggml.tokens", text("a"));
    assertKeyRefused(file, "tokenizer.ggml.tokens", "of type string, not an array of strings");
  }

  @Test
  void missingScoresOfSentencePiece_areRefused() {
    GgufBytes file = GgufBytes.llamaWithTokenizer().without("tokenizer.ggml.scores");
    assertKeyRefused(file, "tokenizer.ggml.scores", "the key is missing");
  }

  @Test
  void scoresOfAnotherType_areRefused() {
    GgufBytes file =
        GgufBytes.llamaWithTokenizer().key("tokenizer.ggml.scores", ints(1, 2, 3, 4, 5));
    assertKeyRefused(file, "tokenizer.ggml.scores", "array of int32, not an array of float32");
  }

  @Test
  void fewerScoresThanTokens_areRefused() {
    GgufBytes file = GgufBytes.llamaWithTokenizer().key("tokenizer.ggml.scores", floats(1, 2));
    assertKeyRefused(file, "tokenizer.ggml.scores", "2 entries for 5 tokens");
  }

  @Test
  void tokenTypesOfAnotherType_areRefused() {
    GgufBytes file =
        GgufBytes.llamaWithTokenizer().key("tokenizer.ggml.token_type", floats(1, 2, 3, 4, 5));
    assertKeyRefused(file, "tokenizer.ggml.token_type", "not an array of int32");
  }

  @Test
  void moreTokenTypesThanTokens_areRefused() {
    GgufBytes file =
        GgufBytes.llamaWithTokenizer().key("tokenizer.ggml.token_type", ints(1, 1, 1, 1, 1, 1));
    assertKeyRefused(file, "tokenizer.ggml.token_type", "6 entries for 5 tokens");
  }

  @ParameterizedTest
  @ValueSource(ints = {7, -1, Integer.MIN_VALUE})
  void unknownTokenType_isRefused(int type) {
    GgufBytes file =
        GgufBytes.llamaWithTokenizer().key("tokenizer.ggml.token_type", ints(1, 1, type, 1, 1));
    assertKeyRefused(file, "tokenizer.ggml.token_type", "token 2 is of type " + type);
  }

  @Test
  void missingMergesOfByteLevel_areRefused() {
    GgufBytes file = byteLevel("a").without("tokenizer.ggml.merges");
    assertKeyRefused(file, "tokenizer.ggml.merges", "the key is missing");
  }

  @Test
  void missingMergesOfKimi_areNoError() {
    GgufBytes file =
        byteLevel("a").without("tokenizer.ggml.merges").key("tokenizer.ggml.pre", text("kimi-k2"));
    assertThat(tokenizer(file).merges()).isEmpty();
  }

  @Test
  void mergesOfAnotherType_areRefused() {
    GgufBytes file = byteLevel("a").key("tokenizer.ggml.merges", floats(1));
    assertKeyRefused(file, "tokenizer.ggml.merges", "not an array of strings");
  }

  @Test
  void flagOfAnotherType_isRefused() {
    GgufBytes file = GgufBytes.llamaWithTokenizer().key("tokenizer.ggml.add_bos_token", uint32(1));
    assertKeyRefused(file, "tokenizer.ggml.add_bos_token", "of type uint32, not a truth value");
  }

  @Test
  void idOfAnotherType_isRefused() {
    GgufBytes file = GgufBytes.llamaWithTokenizer().key("tokenizer.ggml.bos_token_id", text("1"));
    assertKeyRefused(file, "tokenizer.ggml.bos_token_id", "of type string, not a token id");
  }

  @Test
  void ownListOfIdsBeyondTheVocabulary_isRefused() {
    GgufBytes file =
        GgufBytes.llamaWithTokenizer().key("quant4j.tokenizer.strip_left_token_ids", ints(1, 5));
    assertKeyRefused(file, "quant4j.tokenizer.strip_left_token_ids", "5 is no id of 5 tokens");
  }

  @Test
  void vocabularyBeyondAnyModel_isUnsupported() {
    int count = (1 << 22) + 1;
    GgufBytes file =
        GgufBytes.llamaWithTokenizer()
            .key(
                "tokenizer.ggml.tokens",
                GgufBytes.concat(GgufBytes.array(8, count), new byte[8 * count]));
    assertRefused(file, UnsupportedModelException.class, "4194305 entries, above the limit");
  }
}
