package io.quant4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.Progress;
import io.quant4j.api.Quantizer;
import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.spi.MappedMemoryWatcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A model file that another program truncates while it is used. Where no memory is watched, which
 * is so everywhere but on Linux on x86-64, the process may end of it.
 */
class LostFileTest {
  private static final int[] PROMPT = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

  @TempDir private Path directory;
  private Path source;

  @BeforeEach
  void copyModel() throws IOException {
    Path root = Path.of(Objects.requireNonNull(System.getProperty("quant4j.root"), "root"));
    Path original = root.resolve("examples/quickstart/models/tiny-novels");
    source = Files.createDirectory(directory.resolve("tiny-novels"));
    try (Stream<Path> files = Files.list(original)) {
      for (Path file : files.toList()) {
        Files.copy(file, source.resolve(file.getFileName()));
      }
    }
  }

  private static boolean isWatched() {
    boolean watched = false;
    for (MappedMemoryWatcher watcher : ServiceLoader.load(MappedMemoryWatcher.class)) {
      Optional<MappedMemoryWatcher.Watch> watch = watcher.watch(1, 1);
      watch.ifPresent(MappedMemoryWatcher.Watch::close);
      watched |= watch.isPresent();
    }
    String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    assertThat(watched).isEqualTo(system.equals("Linux amd64"));
    return watched;
  }

  private Path weights() {
    return source.resolve("model.safetensors");
  }

  private Path gguf(String type) {
    Path target = directory.resolve(type + ".gguf");
    Quantizer.builder().source(source).target(target).fileType(type).build().run();
    return target;
  }

  private static void halve(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model says so, as often as it is asked; another one goes on. */
  private static void checkLoss(Path model, Path file, Path other, String backend) {
    if (!isWatched()) {
      return;
    }
    LoadOptions options = LoadOptions.defaults().withBackend(backend).withThreads(2);
    try (Model lost = Model.load(model, options);
        Model whole = Model.load(other, options);
        InferenceSession session = lost.newSession(64);
        InferenceSession unharmed = whole.newSession(64)) {
      float[] expected = unharmed.evaluate(PROMPT);
      session.evaluate(PROMPT);
      halve(file);

      for (int[] tokens : List.of(new int[] {3}, new int[] {4}, PROMPT)) {
        assertThatThrownBy(() -> session.evaluate(tokens))
            .isInstanceOf(ModelIoException.class)
            .hasMessageContaining(model.toString())
            .hasMessageContaining("truncated")
            .hasMessageContaining("load it again");
        unharmed.reset();
        assertThat(unharmed.evaluate(PROMPT)).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"vector, F16", "vector, Q8_0", "vector, Q4_0", "scalar, Q4_0"})
  void ggufTruncatedInUse_isToldAndHarmsNobodyElse(String backend, String type) throws IOException {
    Path model = gguf(type);
    Path other = Files.copy(model, directory.resolve("other.gguf"));

    checkLoss(model, model, other, backend);
  }

  @ParameterizedTest
  @CsvSource({"vector", "scalar"})
  void safetensorsTruncatedInUse_isToldAndHarmsNobodyElse(String backend) {
    checkLoss(source, weights(), gguf("Q8_0"), backend);
  }

  @Test
  void sourceTruncatedWhileItIsQuantized_isToldAndNothingIsWritten() throws IOException {
    if (!isWatched()) {
      return;
    }
    Path target = directory.resolve("target.gguf");
    Quantizer quantizer =
        Quantizer.builder()
            .source(source)
            .target(target)
            .fileType("Q4_K_M")
            .threads(1)
            .listener(this::halveOnce)
            .build();

    assertThatThrownBy(quantizer::run)
        .isInstanceOf(ModelIoException.class)
        .hasMessageContaining("tiny-novels");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(source);
    }
  }

  private void halveOnce(Progress progress) {
    if (progress.done() < progress.total()) {
      halve(weights());
    }
  }
}
