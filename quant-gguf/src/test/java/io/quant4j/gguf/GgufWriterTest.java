package io.quant4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.error.OperationCancelledException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.model.Vocabulary;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.contract.SampleModel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufWriterTest {
  private static final Class<UnsupportedModelException> UNSUPPORTED =
      UnsupportedModelException.class;

  @TempDir Path directory;

  private static ModelMetadata.Builder model() {
    return SampleModel.metadata("llama");
  }

  private static CheckpointContents contents(
      ModelMetadata model, Optional<TokenizerSpec> tokenizer, PlannedTensor... tensors) {
    return new CheckpointContents(
        model, tokenizer, GenerationDefaults.none(), Optional.empty(), List.of(tensors));
  }

  private static CheckpointContents contents(PlannedTensor... tensors) {
    return contents(model().build(), Optional.empty(), tensors);
  }

  private static PlannedTensor bytes(String name, long... sizes) {
    Shape shape = Shape.of(sizes);
    return new PlannedTensor(Optional.empty(), name, new FormatId("I8"), shape, shape.elements());
  }

  private static TokenizerSpec withSplit(Optional<String> name) {
    TokenizerSpec spec = SampleModel.byteLevel();
    return copy(spec, spec.algorithm(), spec.vocabulary(), name);
  }

  private static TokenizerSpec copy(
      TokenizerSpec spec, String algorithm, Vocabulary vocabulary, Optional<String> split) {
    return new TokenizerSpec(
        algorithm,
        vocabulary,
        spec.merges(),
        split,
        spec.splitPatterns(),
        spec.special(),
        spec.addBos(),
        spec.addEos(),
        spec.addSpacePrefix(),
        spec.ignoreMerges(),
        spec.stripLeft(),
        spec.stripRight(),
        spec.chatTemplate(),
        Map.of());
  }

  private void assertRefused(
      CheckpointContents contents, Class<? extends QuantException> type, String words)
      throws IOException {
    Path target = directory.resolve("model.gguf");
    QuantException error =
        catchThrowableOfType(
            QuantException.class, () -> new GgufWriter().create(target, contents).close());
    assertThat(error).isExactlyInstanceOf(type).hasMessageContaining(words);
    assertThat(files()).isEmpty();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  private Path written(CheckpointContents contents) {
    Path target = directory.resolve("model.gguf");
    try (CheckpointOutput output = new GgufWriter().create(target, contents)) {
      for (int i = 0; i < contents.tensors().size(); i++) {
        int size = Math.toIntExact(contents.tensors().get(i).byteSize());
        output.write(i, 0, MemorySegment.ofArray(new byte[size]));
      }
      output.commit();
    }
    return target;
  }

  @Test
  void llamaOfAnotherContainer_getsTheKeysThatLlamaCppWrites() {
    CheckpointContents contents =
        new CheckpointContents(
            model().build(),
            Optional.of(SampleModel.sentencePiece()),
            GenerationDefaults.none(),
            Optional.of("Q8_0"),
            List.of());

    assertThat(Rewriting.values(written(contents)).keySet())
        .containsExactly(
            "general.architecture",
            "general.type",
            "general.name",
            "llama.block_count",
            "llama.context_length",
            "llama.embedding_length",
            "llama.feed_forward_length",
            "llama.attention.head_count",
            "llama.attention.head_count_kv",
            "llama.rope.freq_base",
            "llama.attention.layer_norm_rms_epsilon",
            "llama.attention.key_length",
            "llama.attention.value_length",
            "general.file_type",
            "llama.vocab_size",
            "llama.rope.dimension_count",
            "tokenizer.ggml.model",
            "tokenizer.ggml.pre",
            "tokenizer.ggml.tokens",
            "tokenizer.ggml.scores",
            "tokenizer.ggml.token_type",
            "tokenizer.ggml.bos_token_id",
            "tokenizer.ggml.eos_token_id",
            "tokenizer.ggml.unknown_token_id",
            "tokenizer.ggml.padding_token_id",
            "tokenizer.ggml.eot_token_id",
            "tokenizer.ggml.eom_token_id",
            "tokenizer.ggml.add_bos_token",
            "tokenizer.ggml.add_eos_token",
            "tokenizer.ggml.add_space_prefix",
            "tokenizer.chat_template",
            "quant4j.tokenizer.strip_left_token_ids",
            "quant4j.tokenizer.strip_right_token_ids",
            "general.quantization_version");
  }

  @Test
  void factsOfAnotherContainer_areLeftBehind() {
    ModelMetadata model = model().extra(Map.of("hidden_act", "silu", "torch_dtype", 1L)).build();

    assertThat(Rewriting.values(written(contents(model, Optional.empty()))).keySet())
        .noneMatch(key -> key.contains("hidden_act") || key.contains("torch_dtype"));
  }

  @ParameterizedTest
  @CsvSource({"model.gguf, true", "MODEL.GGUF, true", "model.safetensors, false", "gguf, false"})
  void target_isKnownByItsExtension(String name, boolean expected) {
    assertThat(new GgufWriter().writes(directory.resolve(name))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"llama, INTERLEAVED", "qwen3, HALF_SPLIT"})
  void conventions_followTheArchitecture(String architecture, RotaryLayout layout) {
    assertThat(new GgufWriter().conventions(architecture).rotaryLayout()).isEqualTo(layout);
    assertThat(new GgufWriter().conventions(architecture).ropeFactorsAsTensor()).isTrue();
  }

  @Test
  void leadingSizesOfOne_areNotStored() {
    try (Checkpoint checkpoint =
        new GgufReader().open(written(contents(bytes("a", 1, 1, 3), bytes("b", 1), bytes("c"))))) {
      assertThat(checkpoint.tensors())
          .extracting(tensor -> tensor.info().shape())
          .containsExactly(Shape.of(3), Shape.of(1), Shape.of(1));
    }
  }

  @Test
  void nameOf64Bytes_isRefused() throws IOException {
    assertRefused(contents(bytes("n".repeat(62) + "\u00e9", 1)), UNSUPPORTED, "63 bytes");
  }

  @Test
  void fiveDimensions_areRefused() throws IOException {
    assertRefused(contents(bytes("t", 1, 1, 1, 1, 1)), UNSUPPORTED, "more than 4 sizes");
  }

  @Test
  void nameTwice_isRefused() throws IOException {
    assertRefused(contents(bytes("t", 1), bytes("t", 2)), UNSUPPORTED, "two tensors");
  }

  @Test
  void rowThatIsNoWholeBlock_isRefused() throws IOException {
    PlannedTensor odd =
        new PlannedTensor(Optional.empty(), "t", FormatId.Q4_0, Shape.of(2, 48), 54);
    assertRefused(contents(odd), UNSUPPORTED, "whole blocks of 32");
  }

  @Test
  void wrongByteSize_isRefused() throws IOException {
    PlannedTensor odd =
        new PlannedTensor(Optional.empty(), "t", FormatId.Q4_0, Shape.of(2, 32), 35);
    assertRefused(contents(odd), InvalidRequestException.class, "35 bytes are planned");
  }

  @Test
  void unknownFileType_isRefused() throws IOException {
    CheckpointContents odd =
        new CheckpointContents(
            model().build(),
            Optional.empty(),
            GenerationDefaults.none(),
            Optional.of("Q4_KM"),
            List.of());
    assertRefused(odd, UNSUPPORTED, "no number for this file type");
  }

  @Test
  void otherRotaryLayout_isRefused() throws IOException {
    ModelMetadata model = model().rotaryLayout(RotaryLayout.HALF_SPLIT).build();
    assertRefused(contents(model, Optional.empty()), UNSUPPORTED, "HALF_SPLIT where GGUF has");
  }

  @Test
  void llama3ScalingAsParameters_isRefused() throws IOException {
    ModelMetadata model = model().ropeScaling(new RopeScaling.Llama3(8, 1, 4, 8192)).build();
    assertRefused(contents(model, Optional.empty()), UNSUPPORTED, "as a tensor of divisors");
  }

  @Test
  void storedFactorsWithoutTensor_areRefused() throws IOException {
    ModelMetadata model = model().ropeScaling(new RopeScaling.StoredFactors()).build();
    assertRefused(contents(model, Optional.empty()), UNSUPPORTED, "divisors of rope scaling are");
  }

  @Test
  void storedFactorsWithTensor_areWritten() {
    ModelMetadata model = model().ropeScaling(new RopeScaling.StoredFactors()).build();
    TensorRole role = TensorRole.weight(TensorRole.Kind.ROPE_FREQUENCIES);
    PlannedTensor factors = new PlannedTensor(Optional.of(role), "", FormatId.F32, Shape.of(4), 16);

    try (Checkpoint checkpoint =
        new GgufReader().open(written(contents(model, Optional.empty(), factors)))) {
      assertThat(checkpoint.metadata().ropeScaling()).isEqualTo(model.ropeScaling());
      assertThat(checkpoint.tensors().getFirst().info().name()).isEqualTo("rope_freqs.weight");
    }
  }

  @Test
  void scalingWithoutNeutralWords_isRefused() throws IOException {
    ModelMetadata model = model().ropeScaling(new RopeScaling.Other("yarn")).build();
    assertRefused(contents(model, Optional.empty()), UNSUPPORTED, "cannot be translated");
  }

  @Test
  void byteLevelTokenizerWithoutNameOfItsSplit_isRefused() throws IOException {
    assertRefused(
        contents(model().build(), Optional.of(withSplit(Optional.empty()))),
        UNSUPPORTED,
        "other tools would tokenize wrongly");
  }

  @Test
  void byteLevelTokenizerWithUnknownNameOfItsSplit_isRefused() throws IOException {
    assertRefused(
        contents(model().build(), Optional.of(withSplit(Optional.of("my-own-split")))),
        UNSUPPORTED,
        "my-own-split");
  }

  @Test
  void tokenizerOfUnknownKind_isRefused() throws IOException {
    TokenizerSpec spec = SampleModel.sentencePiece();
    TokenizerSpec odd = copy(spec, "word-piece", spec.vocabulary(), Optional.empty());
    assertRefused(
        contents(model().build(), Optional.of(odd)), UNSUPPORTED, "no name for this kind");
  }

  @Test
  void vocabularyOfAnotherSizeThanTheEmbedding_isRefused() throws IOException {
    ModelMetadata model = model().vocabularySize(10).build();
    assertRefused(
        contents(model, Optional.of(SampleModel.sentencePiece())),
        UNSUPPORTED,
        "9 tokens for an embedding of 10 rows");
  }

  @Test
  void tokenTwice_isRefused() throws IOException {
    Vocabulary twice =
        new Vocabulary(
            List.of("a", "b", "c", "d", "e", "f", "g", "b", "h"),
            new float[9],
            Collections.nCopies(9, TokenType.NORMAL));
    TokenizerSpec spec =
        copy(SampleModel.sentencePiece(), TokenizerSpec.SENTENCEPIECE_BPE, twice, Optional.empty());
    assertRefused(
        contents(model().build(), Optional.of(spec)), UNSUPPORTED, "token 7, \"b\", is in the");
  }

  @Test
  void modelBeyondTheDisk_isRefusedAtOnce() throws IOException {
    assertRefused(contents(bytes("t", 1L << 60)), ModelIoException.class, "its disk has only");
  }

  @Test
  void interruptedWrite_cancelsAndLeavesNothing() throws IOException {
    Path target = directory.resolve("model.gguf");
    CheckpointContents contents = contents(bytes("t", 4096));

    try (CheckpointOutput output = new GgufWriter().create(target, contents)) {
      MemorySegment data = MemorySegment.ofArray(new byte[4096]);
      Thread.currentThread().interrupt();
      assertThat(catchThrowableOfType(QuantException.class, () -> output.write(0, 0, data)))
          .isInstanceOf(OperationCancelledException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(catchThrowableOfType(QuantException.class, output::commit))
          .hasMessageContaining("an earlier write or commit failed");
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void targetThatBecameADirectory_isLeftAloneAtCommit() throws IOException {
    Path target = directory.resolve("model.gguf");

    try (CheckpointOutput output = new GgufWriter().create(target, contents())) {
      Files.createDirectory(target);
      assertThat(catchThrowableOfType(QuantException.class, output::commit))
          .isInstanceOf(ModelIoException.class)
          .hasMessageContaining("cannot be given its name");
    }
    assertThat(files()).containsExactly(target);
  }

  @Test
  void fileDamagedBeforeCommit_isNotMoved() throws IOException {
    Path target = directory.resolve("model.gguf");

    try (CheckpointOutput output = new GgufWriter().create(target, contents(bytes("t", 8)))) {
      output.write(0, 0, MemorySegment.ofArray(new byte[8]));
      Path temporary = files().getFirst();
      Files.write(temporary, new byte[8]);
      assertThat(catchThrowableOfType(QuantException.class, output::commit)).isNotNull();
    }
    assertThat(files()).isEmpty();
  }
}
