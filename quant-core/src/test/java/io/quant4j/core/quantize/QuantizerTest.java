package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizationReport.TensorReport;
import io.quant4j.api.Quantizer;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.error.OperationCancelledException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.session.TinyNovels;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quantizer as users call it, from file to file. */
class QuantizerTest {
  @TempDir Path directory;

  private Path target() {
    return directory.resolve("model.gguf");
  }

  private Quantizer.Builder tinyNovels() {
    return Quantizer.builder().source(TinyNovels.directory()).target(target()).threads(2);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }

  @Test
  void run_ofAHuggingFaceDirectory_writesTheReportedGguf() throws IOException {
    QuantizationReport report = tinyNovels().fileType("Q4_K_M").build().run();

    assertThat(report.target()).isEqualTo(target());
    assertThat(report.fileBytes()).isEqualTo(Files.size(target()));
    assertThat(files()).containsExactly("model.gguf");
    try (Checkpoint written = Checkpoints.open(target())) {
      assertThat(written.metadata().rotaryLayout()).isEqualTo(RotaryLayout.INTERLEAVED);
      assertThat(written.tokenizer()).isPresent();
      List<StoredTensor> stored = written.tensors();
      assertThat(stored).hasSameSizeAs(report.tensors());
      for (int i = 0; i < stored.size(); i++) {
        TensorReport reported = report.tensors().get(i);
        assertThat(stored.get(i).info().name()).isEqualTo(reported.name());
        assertThat(stored.get(i).info().format()).isEqualTo(reported.targetFormat());
        assertThat(stored.get(i).info().shape()).isEqualTo(reported.shape());
        assertThat(stored.get(i).info().byteSize()).isEqualTo(reported.targetBytes());
      }
    }
  }

  @Test
  void run_byWayOfAPlainGguf_givesTheSameFile() throws IOException {
    Path plain = directory.resolve("plain.gguf");
    Path second = directory.resolve("second.gguf");
    tinyNovels().fileType("Q5_K_M").build().run();

    Quantizer.builder().source(TinyNovels.directory()).target(plain).fileType("F32").build().run();
    Quantizer.builder().source(plain).target(second).fileType("Q5_K_M").threads(1).build().run();

    assertThat(Files.mismatch(second, target())).isEqualTo(-1);
  }

  @Test
  void run_thatFails_leavesTheTargetAsItWas() throws IOException {
    Files.writeString(target(), "before");
    CancellationToken cancellation = new CancellationToken();
    Quantizer cancelled =
        tinyNovels()
            .fileType("Q8_0")
            .cancellation(cancellation)
            .listener(progress -> cancellation.cancel())
            .build();

    assertThatThrownBy(cancelled::run).isInstanceOf(OperationCancelledException.class);
    assertThat(files()).containsExactly("model.gguf");
    assertThat(Files.readString(target())).isEqualTo("before");
  }

  @Test
  void run_thatIsRefused_beginsNoFile() throws IOException {
    Quantizer.Builder mistyped = tinyNovels().fileType("Q8_0").override("atn_v", FormatId.F16);

    assertThatThrownBy(mistyped.build()::run)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("atn_v")
        .hasMessageContaining("token_embd.weight");
    assertThat(files()).isEmpty();
  }

  @Test
  void run_intoAMissingDirectory_saysToCreateIt() {
    Path target = directory.resolve("no").resolve("model.gguf");

    assertThatThrownBy(
            Quantizer.builder()
                    .source(TinyNovels.directory())
                    .target(target)
                    .fileType("Q8_0")
                    .build()
                ::run)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Create " + target.getParent());
  }

  @Test
  void run_withoutSourceContainerOrFileType_saysWhich() {
    Path nothing = directory.resolve("nothing");
    Path unknown = directory.resolve("model.xyz");

    assertThatThrownBy(
            Quantizer.builder().source(nothing).target(target()).fileType("Q8_0").build()::run)
        .isInstanceOf(QuantException.class)
        .hasMessageContaining(nothing.toString());
    assertThatThrownBy(
            Quantizer.builder()
                    .source(TinyNovels.directory())
                    .target(unknown)
                    .fileType("Q8_0")
                    .build()
                ::run)
        .isInstanceOf(MissingExtensionException.class)
        .hasMessageContaining("model.xyz");
    assertThatThrownBy(tinyNovels().fileType("Q4_Q").build()::run)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Q4_Q");
  }

  @Test
  void run_withAnImportanceFile_recordsIt() throws URISyntaxException {
    URL matrix = Objects.requireNonNull(getClass().getResource("/golden/tiny-novels/imatrix.gguf"));
    QuantizationReport report =
        tinyNovels()
            .fileType("Q4_0")
            .importanceMatrix(Path.of(matrix.toURI()))
            .includeWeights("attn_v")
            .build()
            .run();

    assertThat(report.withoutImportance()).isEmpty();
    try (Checkpoint written = Checkpoints.open(target())) {
      assertThat(written.metadata().extra().get("quantize.imatrix.entries_count")).hasToString("6");
      assertThat(written.metadata().extra().get("quantize.imatrix.chunks_count"))
          .hasToString("200");
      assertThat(written.fileType()).contains("Q4_0");
    }
  }

  @Test
  void run_overItsOwnSource_isRefused() throws IOException {
    tinyNovels().fileType("Q8_0").splitMaxTensors(30).build().run();
    Path first = directory.resolve("model-00001-of-00002.gguf");
    List<String> before = files();
    Quantizer same =
        Quantizer.builder().source(first).target(target()).fileType("COPY").keepSplit(true).build();

    Quantizer second =
        Quantizer.builder()
            .source(first)
            .target(directory.resolve("model-00002-of-00002.gguf"))
            .fileType("COPY")
            .build();

    for (ThrowingCallable attempt : List.<ThrowingCallable>of(same::run, same::plan, second::run)) {
      assertThatThrownBy(attempt)
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("over the source");
    }
    assertThat(files()).isEqualTo(before);
    assertThat(Quantizer.builder().source(first).target(target()).fileType("COPY").build().run())
        .extracting(QuantizationReport::fileBytes)
        .isEqualTo(Files.size(target()));
  }

  @Test
  void run_onANamedBackend_obeysOrFails() throws IOException {
    Path second = directory.resolve("second.gguf");
    tinyNovels().fileType("Q4_K_M").build().run();
    Quantizer.Builder scalar = Quantizer.builder().source(TinyNovels.directory());
    scalar.target(second).fileType("Q4_K_M").backend("scalar").build().run();

    assertThat(Files.mismatch(second, target())).isEqualTo(-1);
    assertThatThrownBy(tinyNovels().fileType("Q4_K_M").backend("abacus").build()::run)
        .isInstanceOf(MissingExtensionException.class)
        .hasMessageContaining("abacus")
        .hasMessageContaining("scalar");
  }
}
