package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FileTypesTest {

  /** A model of the golden data: its matrices, and per file type one word of formats for each. */
  record Golden(
      String label, ModelMetadata metadata, List<String> tensors, Map<String, List<String>> types) {

    @Override
    public String toString() {
      return label;
    }
  }

  static List<Golden> goldenModels() {
    List<Golden> models = new ArrayList<>();
    for (String line : goldenLines()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "model" ->
            models.add(
                new Golden(words[1], metadata(words), new ArrayList<>(), new LinkedHashMap<>()));
        case "tensor" -> models.getLast().tensors.add(line);
        case "type" ->
            models.getLast().types.put(words[1], Arrays.asList(words).subList(2, words.length));
        default -> throw new AssertionError(line);
      }
    }
    return models;
  }

  private static List<String> goldenLines() {
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    FileTypesTest.class.getResourceAsStream("/golden/mixes/mixes.txt")),
                StandardCharsets.UTF_8))) {
      return in.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ModelMetadata metadata(String[] words) {
    Map<String, String> facts =
        Arrays.stream(words)
            .skip(2)
            .map(w -> w.split("=", 2))
            .collect(Collectors.toMap(w -> w[0], w -> w[1]));
    return ModelMetadata.builder(Objects.requireNonNull(facts.get("architecture")))
        .layerCount(number(facts, "layers"))
        .headCount(number(facts, "heads"))
        .kvHeadCount(number(facts, "kvHeads"))
        .expertCount(number(facts, "experts"))
        .embeddingLength(number(facts, "heads") * 64)
        .build();
  }

  private static int number(Map<String, String> facts, String key) {
    return Integer.parseInt(Objects.requireNonNull(facts.get(key)));
  }

  /** All tensors of a model, layer after layer, as tensors without a role. */
  private static List<NamedTensor> tensors(Golden model) {
    List<NamedTensor> all = new ArrayList<>();
    for (int layer = -1; layer < model.metadata.layerCount(); layer++) {
      for (String line : model.tensors) {
        String[] words = line.split(" ", -1);
        boolean layered = words[1].startsWith("*.");
        if (layered == (layer >= 0)) {
          String name = layered ? "blk." + layer + words[1].substring(1) : words[1];
          long[] sizes = Arrays.stream(words).skip(2).mapToLong(Long::parseLong).toArray();
          all.add(named(name, Shape.of(sizes)));
        }
      }
    }
    return all;
  }

  private static NamedTensor named(String name, Shape shape) {
    TensorInfo info = new TensorInfo(name, FormatId.F16, shape, 2 * shape.elements());
    return new NamedTensor(
        new StoredTensor(info, Optional.empty()),
        Optional.empty(),
        name,
        name,
        MatrixKind.layer(Optional.empty(), name),
        MatrixKind.of(Optional.empty(), name, shape));
  }

  /** The formats of all tensors, in their order. */
  private static List<String> choose(
      String fileType, ModelMetadata metadata, List<NamedTensor> tensors, boolean importance) {
    Situation.Counter counter = new Situation.Counter(metadata, tensors, importance);
    List<Matrix> matrices =
        tensors.stream()
            .map(t ->
                new Matrix(
                    t,
                    counter.next(t, t.kind().orElseThrow()),
                    Optional.empty(),
                    Optional.empty(),
                    ErrorLocation.subject(t.name())))
            .toList();
    Codecs codecs = StubFormat.codecs();
    List<FormatId> wanted =
        new FileTypeMix(FileTypes.named(fileType), false, codecs).assign(matrices);
    List<String> formats = new ArrayList<>();
    for (Matrix m : matrices) {
      FormatId format = wanted.get(formats.size());
      formats.add(ShapeFallback.fit(format, m.cols(), codecs, m.where()).id().name());
    }
    return formats;
  }

  /** The golden answers, a format for each of {@link #tensors}; empty where llama.cpp refuses. */
  private static List<String> expected(Golden model, List<String> words) {
    if (words.equals(List.of("error"))) {
      return List.of();
    }
    List<List<String>> byTensor = words.stream().map(FileTypesTest::expand).toList();
    List<String> all = new ArrayList<>();
    for (int layer = -1; layer < model.metadata.layerCount(); layer++) {
      for (int i = 0; i < model.tensors.size(); i++) {
        boolean layered = model.tensors.get(i).startsWith("tensor *.");
        if (layered == (layer >= 0)) {
          all.add(byTensor.get(i).get(Math.max(layer, 0)));
        }
      }
    }
    return all;
  }

  private static List<String> expand(String word) {
    return Arrays.stream(word.split(",", -1))
        .flatMap(run -> {
          int x = run.lastIndexOf('x');
          int times = x < 0 ? 1 : Integer.parseInt(run.substring(x + 1));
          String format = x < 0 ? run : run.substring(0, x);
          return IntStream.range(0, times).mapToObj(i -> format);
        })
        .toList();
  }

  @ParameterizedTest
  @MethodSource("goldenModels")
  void mixes_ofEveryFileType_areThoseOfLlamaCpp(Golden model) {
    List<NamedTensor> tensors = tensors(model);
    assertThat(model.types).hasSize(35);
    model.types.forEach((fileType, words) -> {
      List<String> actual;
      try {
        actual = choose(fileType, model.metadata, tensors, false);
      } catch (QuantException e) {
        actual = List.of();
      }
      assertThat(actual).as("%s of %s", fileType, model).isEqualTo(expected(model, words));
    });
  }

  @Test
  void mixes_ofSixteenGroupedTiedLayers_areThoseMeasured() {
    Golden model =
        goldenModels().stream()
            .filter(m -> m.label.equals("grouped-tied"))
            .findFirst()
            .orElseThrow();
    List<NamedTensor> tensors = tensors(model);

    assertThat(described("Q4_K_M", model, tensors))
        .isEqualTo(
            "token_embd=Q6_K attn_v=Q6_K@0,1,4,7,10,13,14,15 ffn_down=Q6_K@0,1,4,7,10,13,14,15"
                + " rest=Q4_K");
    assertThat(described("Q3_K_M", model, tensors))
        .isEqualTo(
            "token_embd=Q6_K attn_v=Q5_K@0,1 ffn_down=Q5_K@0 attn_v=Q4_K attn_output=Q4_K"
                + " ffn_down=Q4_K rest=Q3_K");
    assertThat(described("Q2_K", model, tensors))
        .isEqualTo("token_embd=Q6_K attn_v=Q4_K attn_output=Q3_K ffn_down=Q3_K rest=Q2_K");
  }

  /**
   * Formats, most bits first: which matrices get them, with layers unless it is all that are left.
   */
  private static String described(String fileType, Golden model, List<NamedTensor> tensors) {
    List<String> formats = choose(fileType, model.metadata, tensors, false);
    String base = FileTypes.named(fileType).base().name();
    List<String> parts = new ArrayList<>();
    for (String format : List.of("Q6_K", "Q5_K", "Q4_K", "Q3_K")) {
      for (String part : List.of("token_embd", "attn_v", "attn_output", "ffn_down")) {
        List<NamedTensor> having =
            IntStream.range(0, tensors.size())
                .filter(i -> formats.get(i).equals(format) && !format.equals(base))
                .mapToObj(tensors::get)
                .filter(t -> t.name().contains(part))
                .toList();
        boolean most = part.equals("token_embd") || having.size() > model.metadata.layerCount() / 2;
        if (!having.isEmpty()) {
          String layers = having.stream().map(t -> "" + t.layer()).collect(Collectors.joining(","));
          parts.add(part + "=" + format + (most ? "" : "@" + layers));
        }
      }
    }
    return String.join(" ", parts) + " rest=" + base;
  }

  @ParameterizedTest
  @CsvSource({
    // file type, matrix, format of layer 0 with importance, of the last layer
    "Q4_0, ffn_down, Q4_1, Q4_0",
    "Q5_0, ffn_down, Q5_1, Q5_0",
    "IQ4_NL, ffn_down, IQ4_NL, IQ4_NL",
    "IQ4_XS, ffn_down, IQ4_XS, IQ4_XS",
    "IQ3_XXS, attn_v, IQ3_XXS, IQ3_XXS",
    "IQ3_XXS, ffn_down, IQ3_XXS, IQ3_XXS"
  })
  void mixes_withImportance_spareTheRemediesForItsLack(
      String fileType, String matrix, String first, String last) {
    Golden model =
        goldenModels().stream().filter(m -> m.label.equals("plain")).findFirst().orElseThrow();
    List<NamedTensor> tensors = tensors(model);
    List<String> formats = choose(fileType, model.metadata, tensors, true);
    List<String> ofMatrix =
        IntStream.range(0, tensors.size())
            .filter(i -> tensors.get(i).name().contains(matrix))
            .mapToObj(formats::get)
            .toList();

    assertThat(ofMatrix.getFirst()).isEqualTo(first);
    assertThat(ofMatrix.getLast()).isEqualTo(last);
  }

  @Test
  void large_isSeventyBillionOfFamiliesThatShareHeads() {
    assertThat(situation("llama", 80, 64, 8).large()).isTrue();
    assertThat(situation("llama", 80, 64, 64).large()).isFalse();
    assertThat(situation("qwen2", 80, 64, 64).large()).isTrue();
    assertThat(situation("qwen3", 80, 64, 8).large()).isFalse();
    assertThat(situation("llama", 32, 32, 8).large()).isFalse();
  }

  private static Situation situation(String architecture, int layers, int heads, int kvHeads) {
    ModelMetadata model =
        ModelMetadata.builder(architecture)
            .layerCount(layers)
            .headCount(heads)
            .kvHeadCount(kvHeads)
            .build();
    return new Situation(model, MatrixKind.ATTENTION_VALUE, 0, 0, layers, false, false);
  }

  @ParameterizedTest
  @CsvSource({
    "Q2_K_S, ATTENTION_KEY, Q2_K, true",
    "Q2_K_S, TOKEN_EMBEDDING, Q2_K, false",
    "Q2_K, ATTENTION_KEY, Q2_K, false",
    "IQ3_M, FEED_FORWARD_UP, IQ2_XS, true",
    "IQ3_XXS, OUTPUT, IQ3_XXS, false",
    "IQ2_XXS, OUTPUT, IQ2_XXS, true"
  })
  void importance_isNeededByTheLowestBitsOnly(
      String fileType, MatrixKind kind, String format, boolean expected) {
    assertThat(
            ImportanceNeed.of(kind, StubFormat.find(new FormatId(format)).orElseThrow(), fileType))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"q4_k_m, Q4_K_M", "Q4_K, Q4_K_M", "q3_k, Q3_K_M", "Q5_K, Q5_K_M", "bf16, BF16"})
  void named_ignoresCaseAndKnowsAliases(String name, String expected) {
    assertThat(FileTypes.named(name).name()).isEqualTo(expected);
  }

  @Test
  void named_unknown_listsTheNames() {
    assertThatThrownBy(() -> FileTypes.named("Q4_X"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Q4_X")
        .hasMessageContaining("Q4_K_M, Q5_K_S");
  }
}
