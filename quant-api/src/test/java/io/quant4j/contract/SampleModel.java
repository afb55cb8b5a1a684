package io.quant4j.contract;

import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.SpecialTokens;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.model.Vocabulary;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A small model to be written and read: contents without meaning, in every corner a little unusual.
 */
public final class SampleModel {

  /**
   * A format that the container under test stores.
   *
   * @param id its name
   * @param blockElements elements per block
   * @param blockBytes bytes per block
   */
  public record StoredFormat(FormatId id, int blockElements, int blockBytes) {

    long byteSize(Shape shape) {
      return shape.elements() / blockElements * blockBytes;
    }
  }

  private static final StoredFormat F32 = new StoredFormat(FormatId.F32, 1, 4);

  private SampleModel() {}

  /**
   * Contents with one tensor of each role and several shapes in each format, an empty one among
   * them.
   *
   * @param model hyper-parameters in the writer's conventions
   */
  public static CheckpointContents contents(
      ModelMetadata model, TokenizerSpec tokenizer, List<StoredFormat> formats) {
    List<PlannedTensor> tensors = new ArrayList<>(roles(model));
    for (StoredFormat format : formats) {
      int block = format.blockElements();
      List<Shape> shapes =
          List.of(
              Shape.of(block),
              Shape.of(3, 5L * block),
              Shape.of(2, 3, block),
              Shape.of(7, 0),
              Shape.of(0, block),
              Shape.of(11, block));
      for (Shape shape : shapes) {
        tensors.add(
            plan(Optional.empty(), "%s.%d".formatted(format.id(), tensors.size()), format, shape));
      }
    }
    return new CheckpointContents(
        model, Optional.of(tokenizer), generationDefaults(), Optional.of("F32"), tensors);
  }

  private static List<PlannedTensor> roles(ModelMetadata model) {
    long dim = model.embeddingLength();
    List<PlannedTensor> tensors = new ArrayList<>();
    tensors.add(role(TensorRole.weight(Kind.TOKEN_EMBEDDING), model.vocabularySize(), dim));
    tensors.add(role(TensorRole.weight(Kind.OUTPUT_NORM), dim));
    tensors.add(role(TensorRole.weight(Kind.OUTPUT), model.vocabularySize(), dim));
    for (int layer = 0; layer < model.layerCount(); layer++) {
      long queries = (long) model.headCount() * model.headDim();
      long keys = (long) model.kvHeadCount() * model.headDim();
      long inner = model.feedForwardLength();
      tensors.add(role(TensorRole.weight(Kind.ATTENTION_NORM, layer), dim));
      tensors.add(role(TensorRole.weight(Kind.ATTENTION_QUERY, layer), queries, dim));
      tensors.add(role(TensorRole.bias(Kind.ATTENTION_QUERY, layer), queries));
      tensors.add(role(TensorRole.weight(Kind.ATTENTION_KEY, layer), keys, dim));
      tensors.add(role(TensorRole.weight(Kind.ATTENTION_VALUE, layer), keys, dim));
      tensors.add(role(TensorRole.weight(Kind.ATTENTION_OUTPUT, layer), dim, queries));
      tensors.add(role(TensorRole.weight(Kind.FEED_FORWARD_NORM, layer), dim));
      tensors.add(role(TensorRole.weight(Kind.FEED_FORWARD_GATE, layer), inner, dim));
      tensors.add(role(TensorRole.weight(Kind.FEED_FORWARD_UP, layer), inner, dim));
      tensors.add(role(TensorRole.weight(Kind.FEED_FORWARD_DOWN, layer), dim, inner));
    }
    return tensors;
  }

  private static PlannedTensor role(TensorRole role, long... sizes) {
    return plan(Optional.of(role), role.toString(), F32, Shape.of(sizes));
  }

  private static PlannedTensor plan(
      Optional<TensorRole> role, String name, StoredFormat format, Shape shape) {
    return new PlannedTensor(role, name, format.id(), shape, format.byteSize(shape));
  }

  /** Hyper-parameters none of which is a default. */
  public static ModelMetadata.Builder metadata(String architecture) {
    return ModelMetadata.builder(architecture)
        .name("Sample \u00e9\u4e16\ud83d\ude00")
        .vocabularySize(sentencePiece().vocabulary().size())
        .contextLength(77)
        .embeddingLength(24)
        .layerCount(2)
        .feedForwardLength(40)
        .headCount(6)
        .kvHeadCount(3)
        .headDim(10)
        .ropeDimensions(8)
        .ropeBase(123_456.5f)
        .rmsNormEpsilon(3e-6f)
        .expertCount(0);
  }

  private static GenerationDefaults generationDefaults() {
    return new GenerationDefaults(
        true,
        OptionalDouble.of(0.7),
        OptionalInt.of(37),
        OptionalDouble.of(0.95),
        OptionalDouble.of(0.05),
        OptionalDouble.of(1.1));
  }

  /** A SentencePiece tokenizer with entries of every type. */
  public static TokenizerSpec sentencePiece() {
    List<String> pieces =
        List.of("<unk>", "<s>", "</s>", "<0x0A>", "\u2581a", "b", "<|stop|>", "hole", "<add>");
    List<TokenType> types =
        List.of(
            TokenType.UNKNOWN,
            TokenType.CONTROL,
            TokenType.CONTROL,
            TokenType.BYTE,
            TokenType.NORMAL,
            TokenType.NORMAL,
            TokenType.CONTROL,
            TokenType.UNUSED,
            TokenType.USER_DEFINED);
    float[] scores = {0, 0, 0, 0, -1.5f, -2.25f, 0, -1000, 0};
    return new TokenizerSpec(
        TokenizerSpec.SENTENCEPIECE_BPE,
        new Vocabulary(pieces, scores, types),
        List.of(),
        Optional.empty(),
        List.of(),
        new SpecialTokens(
            OptionalInt.of(1),
            OptionalInt.of(6),
            OptionalInt.of(0),
            OptionalInt.of(7),
            Set.of(2, 5, 8)),
        false,
        true,
        false,
        false,
        Set.of(8),
        Set.of(6, 8),
        Optional.of("{% for m in messages %}\u4e16{{ m }}{% endfor %}"),
        Map.of());
  }

  /** A byte-level tokenizer with merges, without scores. */
  public static TokenizerSpec byteLevel() {
    List<String> pieces =
        List.of("a", "b", "c", "\u0120", "ab", "\u0120ab", "abc", "cc", "<|end|>");
    List<TokenType> types = new ArrayList<>(Collections.nCopies(pieces.size(), TokenType.NORMAL));
    types.set(8, TokenType.CONTROL);
    return new TokenizerSpec(
        TokenizerSpec.BYTE_LEVEL_BPE,
        new Vocabulary(pieces, new float[0], types),
        List.of("a b", "\u0120 ab", "ab c"),
        Optional.of("qwen2"),
        List.of(),
        new SpecialTokens(
            OptionalInt.empty(),
            OptionalInt.of(8),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Set.of()),
        false,
        false,
        false,
        false,
        Set.of(),
        Set.of(),
        Optional.empty(),
        Map.of());
  }
}
