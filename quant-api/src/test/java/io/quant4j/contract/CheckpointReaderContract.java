package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;

import io.quant4j.api.error.QuantException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorInfo;
import io.quant4j.api.tensor.TensorView;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link CheckpointReader} must keep. A subclass supplies the reader and a small model
 * for it to read.
 */
@Timeout(120)
public abstract class CheckpointReaderContract {
  private static final long SEED = 20_260_101;
  private static final int DAMAGES = 200;
  private static final int CUTS = 40;

  /** The first bytes of a file that a reader is asked about. */
  private static final int HEAD_BYTES = 16;

  @TempDir Path directory;

  @TempDir private Path sampleDirectory;

  private Sample sample;

  /**
   * A model on disk.
   *
   * @param path what is opened
   * @param tensors stored bytes of all tensors by name, in the order of the directory
   */
  public record Sample(Path path, Map<String, byte[]> tensors) {}

  /** The reader under test. */
  protected abstract CheckpointReader reader();

  /**
   * Writes a model of a few kilobytes that opens.
   *
   * @param directory empty; receives nothing but the model's files
   */
  protected abstract Sample writeSample(Path directory) throws IOException;

  @BeforeEach
  final void makeSample() throws IOException {
    sample = writeSample(sampleDirectory);
  }

  private Checkpoint open() {
    return reader().open(sample.path());
  }

  @Test
  void sample_isRecognizedAndNamed() throws IOException {
    assertThat(reader().name()).matches("[a-z0-9-]+");
    assertThat(recognizes(sample.path())).isTrue();
    try (Checkpoint checkpoint = open()) {
      assertThat(checkpoint.container()).isEqualTo(reader().name());
      assertThat(checkpoint.path()).isEqualTo(sample.path());
    }
  }

  private boolean recognizes(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return reader().recognizes(path, new byte[0]);
    }
    try (InputStream in = Files.newInputStream(path)) {
      return reader().recognizes(path, in.readNBytes(HEAD_BYTES));
    }
  }

  @Test
  void foreignFiles_areNotRecognized() throws IOException {
    byte[] noise = new byte[100];
    new SplittableRandom(SEED).nextBytes(noise);
    List<byte[]> contents =
        List.of(
            new byte[0],
            new byte[] {0},
            noise,
            "Once upon a time there was a model.".getBytes(StandardCharsets.UTF_8),
            "PK\3\4 an archive".getBytes(StandardCharsets.ISO_8859_1));
    for (int i = 0; i < contents.size(); i++) {
      Path file = Files.write(directory.resolve("foreign-" + i), contents.get(i));
      assertThat(recognizes(file)).as("contents %d, seed %d", i, SEED).isFalse();
      assertThatThrownBy(() -> reader().open(file)).isInstanceOf(QuantException.class);
    }
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThat(recognizes(empty)).isFalse();
    assertThatThrownBy(() -> reader().open(empty)).isInstanceOf(QuantException.class);
  }

  @Test
  void missingPath_isRefusedByName() {
    Path nowhere = directory.resolve("nowhere").resolve(sample.path().getFileName());

    assertThatThrownBy(() -> reader().open(nowhere))
        .isInstanceOf(QuantException.class)
        .hasMessageContaining("nowhere");
  }

  @Test
  void directory_listsEveryTensorInOrder() {
    try (Checkpoint checkpoint = open()) {
      List<StoredTensor> tensors = checkpoint.tensors();

      assertThat(tensors)
          .extracting(tensor -> tensor.info().name())
          .containsExactlyElementsOf(sample.tensors().keySet());
      assertThat(tensors)
          .filteredOn(tensor -> tensor.role().isPresent())
          .isNotEmpty()
          .extracting(StoredTensor::role)
          .doesNotHaveDuplicates();
      assertThatThrownBy(() -> tensors.remove(0)).isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void views_showTheStoredBytesReadOnly() {
    try (Checkpoint checkpoint = open()) {
      for (StoredTensor tensor : checkpoint.tensors()) {
        assertView(checkpoint, tensor);
      }
    }
  }

  private void assertView(Checkpoint checkpoint, StoredTensor tensor) {
    TensorView view = checkpoint.view(tensor);
    String name = tensor.info().name();
    assertThat(view.format()).as(name).isEqualTo(tensor.info().format());
    assertThat(view.shape()).as(name).isEqualTo(tensor.info().shape());
    assertThat(view.data().isReadOnly()).as(name).isTrue();
    assertThat(view.data().byteSize()).as(name).isEqualTo(tensor.info().byteSize());
    assertThat(view.data().toArray(ValueLayout.JAVA_BYTE))
        .as(name)
        .isEqualTo(sample.tensors().get(name));
  }

  @Test
  void tensorOfAnotherCheckpoint_isRefused() {
    TensorInfo info = new TensorInfo("no.such.tensor", FormatId.F32, Shape.of(1), 4);
    StoredTensor stranger = new StoredTensor(info, Optional.empty());

    try (Checkpoint checkpoint = open()) {
      assertThatThrownBy(() -> checkpoint.view(stranger))
          .isInstanceOf(QuantException.class)
          .hasMessageContaining("no.such.tensor");
    }
  }

  @Test
  void openedTwice_saysTheSame() {
    try (Checkpoint first = open();
        Checkpoint second = open()) {
      assertThat(second.metadata()).isEqualTo(first.metadata());
      assertThat(second.generationDefaults()).isEqualTo(first.generationDefaults());
      assertThat(second.tensors()).isEqualTo(first.tensors());
      assertThat(second.tokenizer()).usingRecursiveComparison().isEqualTo(first.tokenizer());
    }
  }

  @Test
  void viewAfterClose_isRefused() {
    Checkpoint checkpoint = open();
    StoredTensor tensor = checkpoint.tensors().getFirst();

    checkpoint.close();
    checkpoint.close();

    assertThatThrownBy(() -> checkpoint.view(tensor)).isInstanceOf(QuantException.class);
  }

  @Test
  void closing_leavesOtherCheckpointsOfTheFilesOpen() {
    try (Checkpoint other = open()) {
      open().close();

      assertView(other, other.tensors().getLast());
    }
  }

  @Test
  void manyThreads_seeTheSame() throws Exception {
    try (Checkpoint shared = open();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Callable<Void> reading =
          () -> {
            try (Checkpoint own = open()) {
              for (StoredTensor tensor : shared.tensors()) {
                assertView(shared, tensor);
                assertView(own, tensor);
              }
            }
            return null;
          };
      for (Future<Void> done : threads.invokeAll(Collections.nCopies(16, reading))) {
        done.get();
      }
    }
  }

  @Test
  void fileCutOff_isRefused() throws IOException {
    for (Path file : files()) {
      byte[] whole = Files.readAllBytes(file);
      // The last bytes of a file may be padding.
      for (int cut = 0; cut < CUTS; cut++) {
        int length = (int) ((long) whole.length * cut / CUTS);
        Files.write(file, Arrays.copyOf(whole, length));
        assertThat(opens("cut off")).as("%d bytes of %s", length, file).isFalse();
      }
      Files.write(file, whole);
    }
    assertThat(opens("whole")).isTrue();
  }

  /** Only a tokenizer may be missing. */
  @Test
  void missingFile_isRefusedOrTheTokenizer() throws IOException {
    for (Path file : files()) {
      Path aside = Files.move(file, directory.resolve("aside"));
      if (opens("without a file")) {
        try (Checkpoint checkpoint = open()) {
          assertThat(checkpoint.tokenizer()).as("without %s", file).isEmpty();
        }
      }
      Files.move(aside, file);
    }
    try (Checkpoint whole = open()) {
      assertThat(whole.tokenizer()).isPresent();
    }
  }

  @Test
  void damagedFile_isRefusedOrOpens() throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    for (Path file : files()) {
      byte[] whole = Files.readAllBytes(file);
      int refused = 0;
      for (int i = 0; i < DAMAGES; i++) {
        byte[] damaged = whole.clone();
        int at = random.nextInt(Math.min(whole.length, 1024));
        damaged[at] = (byte) random.nextInt();
        Files.write(file, damaged);
        refused += opens("seed %d, byte %d of %s".formatted(SEED, at, file)) ? 0 : 1;
      }
      assertThat(refused).as("refusals of %s, seed %d", file, SEED).isPositive();
      Files.write(file, whole);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(sampleDirectory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Whether the sample opens and all its tensors can be read; fails if it is not refused well. */
  private boolean opens(String state) {
    try (Checkpoint checkpoint = open()) {
      for (StoredTensor tensor : checkpoint.tensors()) {
        checkpoint.view(tensor).data().toArray(ValueLayout.JAVA_BYTE);
      }
      return true;
    } catch (QuantException e) {
      assertThat(e.remedy()).as(state).isNotBlank();
      return false;
    } catch (RuntimeException | Error e) {
      return fail(state, e);
    }
  }
}
