package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.QuantizationRecipe;
import io.quant4j.api.QuantizationRecipe.FormatOverride;
import io.quant4j.api.Quantizer;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.model.MetadataValue;
import io.quant4j.api.tensor.FormatId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that contradict each other, told before anything is opened. */
class QuantizerBuilderTest {

  static Stream<Arguments> contradictions() {
    return Stream.of(
        contradiction("excludeWeights", b -> matrix(b).includeWeights("a").excludeWeights("b")),
        contradiction("without importanceMatrix", b -> b.includeWeights("a")),
        contradiction("importanceMatrix is set twice", b -> matrix(matrix(b))),
        contradiction("outputFormat", b -> b.leaveOutput(true).outputFormat(FormatId.Q8_0)),
        contradiction("are set together", b -> b.keepSplit(true).splitMaxTensors(3)),
        contradiction("are set together", b -> b.splitMaxBytes(9).splitMaxTensors(3)),
        contradiction("without splitMaxTensors", b -> b.emptyFirstFile(true)),
        contradiction("at least 1, not 0", b -> b.splitMaxTensors(0)),
        contradiction("at least 1, not -5", b -> b.splitMaxBytes(-5)),
        contradiction(
            "metadata k is set twice",
            b -> b.metadata("k", new MetadataValue.Int(1)).metadata("k", new MetadataValue.Int(2))),
        contradiction(
            "leaveOutput", b -> b.recipe(QuantizationRecipe.of("F16")).leaveOutput(true)));
  }

  private static Arguments contradiction(String reason, UnaryOperator<Quantizer.Builder> settings) {
    return Arguments.of(reason, settings);
  }

  private static Quantizer.Builder matrix(Quantizer.Builder builder) {
    return builder.importanceMatrix(Path.of("imatrix.gguf"));
  }

  @ParameterizedTest
  @MethodSource("contradictions")
  void build_withContradictions_namesThem(
      String reason, UnaryOperator<Quantizer.Builder> settings) {
    assertThatThrownBy(
            () -> {
              Quantizer.Builder builder =
                  Quantizer.builder().source(Path.of("a.gguf")).target(Path.of("b.gguf"));
              Quantizer.Builder set = settings.apply(builder);
              if (!reason.equals("leaveOutput")) {
                set.fileType("Q8_0");
              }
              set.build();
            })
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void overrides_ofAFile_areSeparatedByWhiteSpace(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(directory.resolve("t.txt"), "\n ffn_(up|gate)=q4_k\tx=F16\n\ny==Q8_0 ");

    assertThat(FormatOverride.read(file))
        .extracting(o -> o.tensors() + " " + o.format())
        .containsExactly("ffn_(up|gate) Q4_K", "x F16", "y= Q8_0");
    assertThatThrownBy(() -> FormatOverride.read(directory.resolve("none")))
        .isInstanceOf(ModelIoException.class)
        .hasMessageContaining("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "=Q8_0", "x=", "(=Q8_0", "x=q 8"})
  void override_thatIsNone_isRefused(String text) {
    assertThatThrownBy(() -> FormatOverride.parse(text))
        .isInstanceOf(InvalidRequestException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "int:", "int:x", "float:y", "bool:yes", "text:z"})
  void metadataValue_thatIsNone_isRefused(String text) {
    assertThatThrownBy(() -> MetadataValue.parse(text))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("int:NUMBER");
  }
}
