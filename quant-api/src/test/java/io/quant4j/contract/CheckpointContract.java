package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.QuantException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.contract.SampleModel.StoredFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every pair of a {@link CheckpointWriter} and the {@link CheckpointReader} of the same
 * container must keep: what a reader must, and that what is written comes back. A subclass supplies
 * the pair.
 */
public abstract class CheckpointContract extends CheckpointReaderContract {
  private static final long SEED = 20_260_101;

  /** The writer under test. */
  protected abstract CheckpointWriter writer();

  /** A file name that the writer takes for its own. */
  protected abstract String targetName();

  /** Formats that the container stores, at least one with blocks of several elements. */
  protected abstract List<StoredFormat> formats();

  /** An architecture that the container stores. */
  protected String architecture() {
    return "llama";
  }

  /** The shape that a tensor is read back with; the same by default. */
  protected Shape storedShape(Shape planned) {
    return planned;
  }

  @Override
  protected Sample writeSample(Path directory) throws IOException {
    CheckpointContents contents = contents();
    Map<String, byte[]> tensors = new LinkedHashMap<>();
    for (int i = 0; i < contents.tensors().size(); i++) {
      PlannedTensor planned = contents.tensors().get(i);
      tensors.put(writer().tensorName(planned.role(), planned.sourceName()), bytes(i, planned));
    }
    return new Sample(written(directory, contents), tensors);
  }

  @Test
  void names_agree() throws IOException {
    assertThat(writer().name()).isEqualTo(reader().name());
    assertThat(writer().writes(written(contents()))).isTrue();
    assertThat(writer().writes(directory.resolve("model.unheard-of"))).isFalse();
  }

  @Test
  void metadata_comesBackAsWritten() throws IOException {
    try (Checkpoint checkpoint = reader().open(written(contents()))) {
      assertThat(withoutExtra(checkpoint.metadata())).isEqualTo(metadata());
      assertThat(checkpoint.generationDefaults()).isEqualTo(contents().generationDefaults());
    }
  }

  @Test
  void metadataOfExpertsAndLinearScaling_comesBackAsWritten() throws IOException {
    ModelMetadata model =
        metadata().toBuilder()
            .expertCount(8)
            .expertUsedCount(2)
            .ropeScaling(new RopeScaling.Linear(4))
            .build();

    try (Checkpoint checkpoint = reader().open(written(contents(model)))) {
      assertThat(withoutExtra(checkpoint.metadata())).isEqualTo(model);
    }
  }

  private static ModelMetadata withoutExtra(ModelMetadata metadata) {
    return metadata.toBuilder().extra(Map.of()).build();
  }

  @Test
  void sentencePieceTokenizer_comesBackAsWritten() throws IOException {
    checkTokenizer(SampleModel.sentencePiece());
  }

  @Test
  void byteLevelTokenizer_comesBackAsWritten() throws IOException {
    checkTokenizer(SampleModel.byteLevel());
  }

  private void checkTokenizer(TokenizerSpec tokenizer) throws IOException {
    Path target = written(SampleModel.contents(metadata(), tokenizer, formats()));

    try (Checkpoint checkpoint = reader().open(target)) {
      TokenizerSpec read = checkpoint.tokenizer().orElseThrow();
      assertThat(read)
          .usingRecursiveComparison()
          .ignoringFields("extra", "preTokenizer", "vocabulary")
          .isEqualTo(tokenizer);
      assertThat(read.vocabulary().pieces()).isEqualTo(tokenizer.vocabulary().pieces());
      assertThat(read.vocabulary().types()).isEqualTo(tokenizer.vocabulary().types());
      assertThat(read.vocabulary().scores()).isEqualTo(tokenizer.vocabulary().scores());
      tokenizer.preTokenizer().ifPresent(name -> assertThat(read.preTokenizer()).contains(name));
    }
  }

  @Test
  void tensors_comeBackAsWritten() throws IOException {
    CheckpointContents contents = contents();

    try (Checkpoint checkpoint = reader().open(written(contents))) {
      assertThat(checkpoint.tensors()).hasSameSizeAs(contents.tensors());
      for (int i = 0; i < contents.tensors().size(); i++) {
        PlannedTensor planned = contents.tensors().get(i);
        StoredTensor stored = checkpoint.tensors().get(i);
        String name = writer().tensorName(planned.role(), planned.sourceName());
        assertThat(stored.info().name()).isEqualTo(name);
        assertThat(stored.role()).as(name).isEqualTo(planned.role());
        assertThat(stored.info().format()).as(name).isEqualTo(planned.format());
        assertThat(stored.info().shape()).as(name).isEqualTo(storedShape(planned.shape()));
        assertThat(stored.info().byteSize()).as(name).isEqualTo(planned.byteSize());
        byte[] read = checkpoint.view(stored).data().toArray(ValueLayout.JAVA_BYTE);
        assertThat(read).as(name).isEqualTo(bytes(i, planned));
      }
    }
  }

  @Test
  void partsInAnyOrderFromSeveralThreads_makeTheTensors() throws Exception {
    CheckpointContents contents = contents();
    Path whole = written(contents);
    Path target = directory.resolve("parts-" + targetName());

    try (CheckpointOutput output = writer().create(target, contents);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Void>> parts = parts(contents, output);
      Collections.shuffle(parts, new Random(SEED));
      for (Future<Void> part : threads.invokeAll(parts)) {
        part.get();
      }
      assertThat(output.commit()).isEqualTo(Files.size(target));
    }
    assertThat(target).hasSameBinaryContentAs(whole);
  }

  private static List<Callable<Void>> parts(CheckpointContents contents, CheckpointOutput output) {
    Random random = new Random(SEED);
    List<Callable<Void>> parts = new ArrayList<>();
    for (int i = 0; i < contents.tensors().size(); i++) {
      int tensor = i;
      byte[] bytes = bytes(i, contents.tensors().get(i));
      for (int from = 0; from < bytes.length; ) {
        int start = from;
        int length = Math.min(bytes.length - from, 1 + random.nextInt(97));
        parts.add(() -> {
          output.write(tensor, start, MemorySegment.ofArray(bytes).asSlice(start, length));
          return null;
        });
        from += length;
      }
    }
    return parts;
  }

  @Test
  void nativeMemory_isWrittenLikeHeapMemory() throws IOException {
    CheckpointContents contents = contents();
    Path target = directory.resolve("native-" + targetName());

    try (CheckpointOutput output = writer().create(target, contents);
        Arena arena = Arena.ofConfined()) {
      for (int i = 0; i < contents.tensors().size(); i++) {
        byte[] bytes = bytes(i, contents.tensors().get(i));
        // One byte off, so that nothing is aligned.
        MemorySegment segment = arena.allocate(bytes.length + 1L).asSlice(1);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        output.write(i, 0, segment.asReadOnly());
      }
      output.commit();
    }
    assertThat(target).hasSameBinaryContentAs(written(contents));
  }

  @Test
  void missingByte_isRefusedAtCommit() throws IOException {
    Path target = directory.resolve(targetName());

    try (CheckpointOutput output = writer().create(target, contents())) {
      writeAll(output, contents(), 1);
      assertThatExceptionOfType(QuantException.class)
          .isThrownBy(output::commit)
          .satisfies(e -> assertThat(e.subject()).contains(output.name(0)));
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void partWrittenTwice_isRefused() {
    Path target = directory.resolve(targetName());

    try (CheckpointOutput output = writer().create(target, contents())) {
      output.write(0, 4, MemorySegment.ofArray(new byte[8]));
      assertThatThrownBy(() -> output.write(0, 8, MemorySegment.ofArray(new byte[8])))
          .isInstanceOf(QuantException.class);
      assertThatThrownBy(() -> output.write(0, 0, MemorySegment.ofArray(new byte[5])))
          .isInstanceOf(QuantException.class);
    }
  }

  @Test
  void partOutsideItsTensor_isRefused() {
    CheckpointContents contents = contents();
    long size = contents.tensors().getFirst().byteSize();

    try (CheckpointOutput output = writer().create(directory.resolve(targetName()), contents)) {
      MemorySegment four = MemorySegment.ofArray(new byte[4]);
      for (long offset : new long[] {size - 3, size, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
        assertThatThrownBy(() -> output.write(0, offset, four))
            .as("offset %d", offset)
            .isInstanceOf(QuantException.class);
      }
      for (int tensor : new int[] {-1, contents.tensors().size()}) {
        assertThatThrownBy(() -> output.write(tensor, 0, four)).isInstanceOf(QuantException.class);
        assertThatThrownBy(() -> output.name(tensor)).isInstanceOf(QuantException.class);
      }
    }
  }

  @Test
  void closeWithoutCommit_leavesTheTargetAsItWas() throws IOException {
    Path target = directory.resolve(targetName());
    Files.writeString(target, "before");

    CheckpointOutput output = writer().create(target, contents());
    writeAll(output, contents(), 0);
    output.close();
    output.close();

    assertThat(target).hasContent("before");
    assertThat(files()).containsExactly(target);
  }

  @Test
  void existingTarget_isReplacedAtCommitAndNotBefore() throws IOException {
    Path target = directory.resolve(targetName());
    Files.writeString(target, "before");

    try (CheckpointOutput output = writer().create(target, contents())) {
      writeAll(output, contents(), 0);
      assertThat(target).hasContent("before");
      assertThat(output.commit()).isEqualTo(Files.size(target));
    }
    assertThat(files()).containsExactly(target);
    reader().open(target).close();
  }

  @Test
  void outputAfterCommit_takesNothingMore() throws IOException {
    Path target = directory.resolve(targetName());

    try (CheckpointOutput output = writer().create(target, contents())) {
      writeAll(output, contents(), 0);
      output.commit();
      assertThatThrownBy(output::commit).isInstanceOf(QuantException.class);
      assertThatThrownBy(() -> output.write(0, 0, MemorySegment.ofArray(new byte[1])))
          .isInstanceOf(QuantException.class);
    }
    reader().open(target).close();
  }

  @Test
  void missingDirectory_isRefusedByName() {
    Path target = directory.resolve("nowhere").resolve(targetName());

    assertThatExceptionOfType(QuantException.class)
        .isThrownBy(() -> writer().create(target, contents()))
        .withMessageContaining(target.toString());
  }

  @Test
  void directoryAsTarget_isRefused() throws IOException {
    Path target = Files.createDirectory(directory.resolve(targetName()));

    assertThatThrownBy(() -> writer().create(target, contents()))
        .isInstanceOf(QuantException.class);
    assertThat(files()).containsExactly(target);
  }

  @Test
  void formatWithoutTypeId_isRefused() throws IOException {
    FormatId unknown = new FormatId("NO_SUCH_FORMAT");
    CheckpointContents contents = contents();
    PlannedTensor odd = new PlannedTensor(Optional.empty(), "odd", unknown, Shape.of(1), 1);
    CheckpointContents refused =
        new CheckpointContents(
            contents.metadata(),
            contents.tokenizer(),
            contents.generationDefaults(),
            contents.fileType(),
            List.of(odd));

    assertThat(writer().canStore(unknown)).isFalse();
    assertThat(formats()).allMatch(format -> writer().canStore(format.id()));
    assertThatThrownBy(() -> writer().create(directory.resolve(targetName()), refused))
        .isInstanceOf(UnsupportedModelException.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void unknownArchitecture_isRefused() {
    assertThatThrownBy(() -> writer().conventions("no-such-architecture"))
        .isInstanceOf(UnsupportedModelException.class);
  }

  private ModelMetadata metadata() {
    RotaryLayout layout = writer().conventions(architecture()).rotaryLayout();
    return SampleModel.metadata(architecture()).rotaryLayout(layout).build();
  }

  private CheckpointContents contents() {
    return contents(metadata());
  }

  private CheckpointContents contents(ModelMetadata model) {
    return SampleModel.contents(model, SampleModel.sentencePiece(), formats());
  }

  private Path written(CheckpointContents contents) throws IOException {
    return written(directory, contents);
  }

  private Path written(Path directory, CheckpointContents contents) throws IOException {
    Path target = directory.resolve(targetName());
    try (CheckpointOutput output = writer().create(target, contents)) {
      writeAll(output, contents, 0);
      assertThat(output.commit()).isEqualTo(Files.size(target));
    }
    return target;
  }

  /** Writes all tensors but the first bytes of the first one. */
  private static void writeAll(CheckpointOutput output, CheckpointContents contents, long skip) {
    for (int i = 0; i < contents.tensors().size(); i++) {
      long from = i == 0 ? skip : 0;
      output.write(
          i, from, MemorySegment.ofArray(bytes(i, contents.tensors().get(i))).asSlice(from));
    }
  }

  private static byte[] bytes(int index, PlannedTensor tensor) {
    byte[] bytes = new byte[Math.toIntExact(tensor.byteSize())];
    new Random(SEED + index).nextBytes(bytes);
    return bytes;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
