package io.quant4j.bench;

import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.SpecialTokens;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TokenType;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.model.Vocabulary;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.spi.TensorSpec;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/**
 * Writes GGUF models of well-known shapes with random F16 weights from a seed, for measuring speed
 * without anyone's weights. Text that they generate has no meaning.
 */
public final class SyntheticModel {
  private static final int CHUNK_ELEMENTS = 1 << 20;
  private static final int BYTE_TOKENS = 256;

  private SyntheticModel() {}

  /** A shape by the name of the model it is taken from. */
  public enum Shape {
    LLAMA_3_2_1B(128_256, 2_048, 16, 8_192, 32, 8, 64, true, 0),

    /** Rows of 896 columns are no whole number of 256. */
    QWEN_2_5_0_5B(151_936, 896, 24, 4_864, 14, 2, 64, true, 0),
    LLAMA_3_1_8B(128_256, 4_096, 32, 14_336, 32, 8, 128, false, 0),
    MIXTRAL_8X7B(32_000, 4_096, 32, 14_336, 32, 8, 128, false, 8),

    /** A quarter of Mixtral's widths and 12 layers: 1.15 G weights. */
    MIXTRAL_LIKE_1B(32_000, 1_024, 12, 3_584, 16, 4, 64, false, 8),
    TINY(4_096, 256, 4, 768, 8, 4, 32, true, 0),
    TINY_MIXTURE(4_096, 256, 4, 256, 8, 2, 32, false, 8);

    private static final int EXPERTS_USED = 2;

    final ModelMetadata metadata;
    private final boolean tied;

    Shape(
        int vocabulary,
        int dim,
        int layers,
        int feedForward,
        int heads,
        int kvHeads,
        int headDim,
        boolean tied,
        int experts) {
      this.metadata =
          ModelMetadata.builder("llama")
              .name("synthetic " + name())
              .vocabularySize(vocabulary)
              .contextLength(8_192)
              .embeddingLength(dim)
              .layerCount(layers)
              .feedForwardLength(feedForward)
              .headCount(heads)
              .kvHeadCount(kvHeads)
              .headDim(headDim)
              .ropeBase(500_000)
              .rotaryLayout(RotaryLayout.INTERLEAVED)
              .expertCount(experts)
              .expertUsedCount(experts == 0 ? 0 : EXPERTS_USED)
              .build();
      this.tied = tied;
    }
  }

  /** Arguments: SHAPE TARGET [SEED]. */
  public static void main(String[] args) {
    if (args.length < 2) {
      throw new IllegalArgumentException(
          "usage: SyntheticModel SHAPE TARGET [SEED], shapes " + List.of(Shape.values()));
    }
    long seed = args.length > 2 ? Long.parseLong(args[2]) : 1;
    write(Shape.valueOf(args[0]), Path.of(args[1]), seed);
  }

  /**
   * Writes a model.
   *
   * @param target replaced if it exists
   * @return bytes of the file
   */
  public static long write(Shape shape, Path target, long seed) {
    List<PlannedTensor> tensors = tensors(shape);
    CheckpointContents contents =
        new CheckpointContents(
            shape.metadata,
            Optional.of(tokenizer(shape.metadata.vocabularySize())),
            GenerationDefaults.none(),
            Optional.of("F16"),
            tensors);
    try (CheckpointOutput output = writer(target).create(target, contents)) {
      for (int t = 0; t < tensors.size(); t++) {
        writeTensor(output, t, tensors.get(t), seed);
      }
      return output.commit();
    }
  }

  static CheckpointWriter writer(Path target) {
    return ServiceLoader.load(CheckpointWriter.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(w -> w.writes(target))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no writer for " + target));
  }

  static List<PlannedTensor> tensors(Shape shape) {
    ModelArchitecture llama =
        ServiceLoader.load(ModelArchitecture.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(a -> a.name().equals("llama"))
            .findFirst()
            .orElseThrow();
    List<PlannedTensor> tensors = new ArrayList<>();
    for (TensorSpec spec : llama.tensors(shape.metadata)) {
      boolean untied = spec.role().kind() == TensorRole.Kind.OUTPUT && !shape.tied;
      if (spec.required() || untied) {
        FormatId format = spec.role().kind().matrix() ? FormatId.F16 : FormatId.F32;
        long bytes = spec.shape().elements() * (format.equals(FormatId.F16) ? 2 : 4);
        tensors.add(
            new PlannedTensor(
                Optional.of(spec.role()), spec.huggingFaceName(), format, spec.shape(), bytes));
      }
    }
    return tensors;
  }

  private static void writeTensor(
      CheckpointOutput output, int index, PlannedTensor tensor, long seed) {
    long elements = tensor.shape().elements();
    boolean half = tensor.format().equals(FormatId.F16);
    boolean norm = tensor.shape().rank() == 1;
    double scale = 1 / Math.sqrt(tensor.shape().cols());
    int chunks = (int) ((elements + CHUNK_ELEMENTS - 1) / CHUNK_ELEMENTS);
    IntStream.range(0, chunks)
        .parallel()
        .forEach(chunk -> {
          long first = (long) chunk * CHUNK_ELEMENTS;
          int count = (int) Math.min(CHUNK_ELEMENTS, elements - first);
          SplittableRandom random = new SplittableRandom(seed + 31L * index + 1_009L * chunk);
          try (Arena arena = Arena.ofConfined()) {
            int width = half ? 2 : 4;
            MemorySegment bytes = arena.allocate((long) count * width, 8);
            fill(bytes, count, half, norm ? () -> 1 : () -> triangular(random) * scale);
            output.write(index, first * width, bytes);
          }
        });
  }

  private static void fill(MemorySegment bytes, int count, boolean half, DoubleSupplier numbers) {
    for (int i = 0; i < count; i++) {
      float value = (float) numbers.getAsDouble();
      if (half) {
        bytes.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16(value));
      } else {
        bytes.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
      }
    }
  }

  /** The sum of two uniform numbers: not far from weights in shape, and quick. */
  static double triangular(SplittableRandom random) {
    long bits = random.nextLong();
    return ((int) bits + (double) (int) (bits >>> 32)) * 0x1p-31;
  }

  /** Bytes, then words that no text contains; no merges but one, since readers want the list. */
  static TokenizerSpec tokenizer(int size) {
    List<String> pieces = new ArrayList<>(size);
    int shifted = 0;
    for (int b = 0; b < BYTE_TOKENS; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      pieces.add(Character.toString(printable ? b : 256 + shifted++));
    }
    for (int id = BYTE_TOKENS; id < size - 2; id++) {
      pieces.add("<synthetic " + id + ">");
    }
    pieces.add("<|begin_of_text|>");
    pieces.add("<|end_of_text|>");
    List<TokenType> types = new ArrayList<>(Collections.nCopies(size, TokenType.NORMAL));
    types.set(size - 2, TokenType.CONTROL);
    types.set(size - 1, TokenType.CONTROL);
    return new TokenizerSpec(
        TokenizerSpec.BYTE_LEVEL_BPE,
        new Vocabulary(pieces, new float[0], types),
        List.of("a b"),
        Optional.of("llama-bpe"),
        List.of(),
        new SpecialTokens(
            OptionalInt.of(size - 2),
            OptionalInt.of(size - 1),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Set.of()),
        true,
        false,
        false,
        true,
        Set.of(),
        Set.of(),
        Optional.empty(),
        Map.of());
  }
}
