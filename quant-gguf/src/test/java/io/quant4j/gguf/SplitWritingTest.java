package io.quant4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.ModelIoException;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.PlannedFile;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.contract.SampleModel;
import io.quant4j.gguf.file.GgufFile;
import io.quant4j.gguf.mapping.TensorTypes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitWritingTest {
  private final GgufWriter writer = new GgufWriter();

  @TempDir Path directory;

  private Path target() {
    return directory.resolve("m.gguf");
  }

  private Path part(int number, int count) {
    return directory.resolve("m-0000%d-of-0000%d.gguf".formatted(number, count));
  }

  /** Tensors of 8, 16, 24 ... bytes, spread over files. */
  private static CheckpointContents contents(Integer... tensorsPerFile) {
    int count = Arrays.stream(tensorsPerFile).mapToInt(Integer::intValue).sum();
    List<PlannedTensor> tensors =
        Stream.iterate(1, i -> i + 1)
            .limit(count)
            .map(i ->
                new PlannedTensor(
                    Optional.empty(), "t" + i, new FormatId("I8"), Shape.of(8L * i), 8L * i))
            .toList();
    return new CheckpointContents(
        SampleModel.metadata("llama").build(),
        Optional.empty(),
        GenerationDefaults.none(),
        Optional.empty(),
        tensors,
        Optional.empty(),
        Map.of(),
        List.of(tensorsPerFile));
  }

  private static byte[] data(int tensor, byte mark) {
    byte[] data = new byte[8 * (tensor + 1)];
    Arrays.fill(data, (byte) (mark + tensor));
    return data;
  }

  private static void fill(CheckpointOutput output, CheckpointContents contents, byte mark) {
    for (int i = contents.tensors().size() - 1; i >= 0; i--) {
      output.write(i, 0, MemorySegment.ofArray(data(i, mark)));
    }
  }

  private void write(byte mark, Integer... tensorsPerFile) {
    CheckpointContents contents = contents(tensorsPerFile);
    try (CheckpointOutput output = writer.create(target(), contents)) {
      fill(output, contents, mark);
      output.commit();
    }
  }

  private void assertHolds(Path first, byte mark, int tensors) {
    try (Checkpoint read = new GgufReader().open(first)) {
      assertThat(read.tensors()).hasSize(tensors);
      for (int i = 0; i < tensors; i++) {
        StoredTensor tensor = read.tensors().get(i);
        assertThat(read.view(tensor).data().toArray(ValueLayout.JAVA_BYTE))
            .isEqualTo(data(i, mark));
      }
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void set_readsBackAsOneModel() throws IOException {
    write((byte) 1, 2, 1, 3);

    assertThat(files())
        .containsExactly("m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf");
    assertHolds(part(1, 3), (byte) 1, 6);
    try (Checkpoint read = new GgufReader().open(part(1, 3))) {
      assertThat(read.tensors().stream().map(read::file)).containsExactly(0, 0, 1, 2, 2, 2);
    }
  }

  @Test
  void metadata_isInTheFirstFileOnly() {
    write((byte) 1, 0, 2);

    try (GgufFile first = GgufFile.open(part(1, 2), TensorTypes::byId);
        GgufFile second = GgufFile.open(part(2, 2), TensorTypes::byId)) {
      assertThat(first.tensors()).isEmpty();
      assertThat(first.values()).containsKeys("general.architecture", "split.count");
      assertThat(second.values())
          .containsOnlyKeys("split.no", "split.count", "split.tensors.count");
    }
    assertHolds(part(1, 2), (byte) 1, 2);
  }

  @Test
  void setOfOne_isNamedAsASet() throws IOException {
    write((byte) 1, 2);

    assertThat(files()).containsExactly("m-00001-of-00001.gguf");
    assertHolds(part(1, 1), (byte) 1, 2);
  }

  @Test
  void files_areToldExactlyBeforehand() throws IOException {
    List<PlannedFile> planned = writer.files(target(), contents(2, 0, 1));
    write((byte) 1, 2, 0, 1);

    assertThat(planned).extracting(PlannedFile::path).startsWith(part(1, 3)).hasSize(3);
    for (PlannedFile file : planned) {
      assertThat(Files.size(file.path())).isEqualTo(file.byteSize());
    }
  }

  @Test
  void setThatIsNotCommitted_leavesTheOldOne() throws IOException {
    write((byte) 1, 1, 1);
    CheckpointContents contents = contents(1, 1);

    try (CheckpointOutput output = writer.create(target(), contents)) {
      fill(output, contents, (byte) 9);
      assertThat(files()).hasSize(3).first().asString().endsWith(".tmp");
    }

    assertThat(files()).containsExactly("m-00001-of-00002.gguf", "m-00002-of-00002.gguf");
    assertHolds(part(1, 2), (byte) 1, 2);
  }

  @Test
  void setThatReplacesAnother_isComplete() throws IOException {
    write((byte) 1, 1, 1, 1);

    write((byte) 9, 1, 1, 1);

    assertThat(files()).hasSize(3);
    assertHolds(part(1, 3), (byte) 9, 3);
  }

  /** The last file moves first, so nothing of the set is there when the second move fails. */
  @Test
  void moveThatFails_putsTheOldSetBack() throws IOException {
    write((byte) 1, 1, 1, 1);
    CheckpointContents contents = contents(1, 1, 1);

    try (CheckpointOutput output = writer.create(target(), contents)) {
      fill(output, contents, (byte) 9);
      Path temporary = directory.resolve(files().getFirst());
      Path blocked = temporary.resolve("replaced-" + part(2, 3).getFileName());
      Files.createDirectories(blocked.resolve("full"));
      assertThat(catchThrowableOfType(QuantException.class, output::commit))
          .isInstanceOf(ModelIoException.class)
          .hasMessageContaining("cannot be moved");
      Files.delete(blocked.resolve("full"));
      Files.delete(blocked);
    }

    assertThat(files()).hasSize(3);
    assertHolds(part(1, 3), (byte) 1, 3);
  }

  @Test
  void partThatIsLost_leavesNothingOfTheSet() throws IOException {
    CheckpointContents contents = contents(1, 1, 1);

    try (CheckpointOutput output = writer.create(target(), contents)) {
      fill(output, contents, (byte) 9);
      Path temporary = directory.resolve(files().getFirst());
      Files.delete(temporary.resolve(part(2, 3).getFileName()));
      assertThat(catchThrowableOfType(QuantException.class, output::commit))
          .isInstanceOf(ModelIoException.class);
    }

    assertThat(files()).isEmpty();
  }

  @Test
  void tooManyFiles_areRefused() throws IOException {
    Integer[] counts = new Integer[65_536];
    Arrays.fill(counts, 0);

    assertThat(
            catchThrowableOfType(
                QuantException.class, () -> writer.create(target(), contents(counts)).close()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("65536 files");
    assertThat(files()).isEmpty();
  }
}
