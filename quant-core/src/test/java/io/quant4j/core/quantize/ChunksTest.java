package io.quant4j.core.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorInfo;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunksTest {

  /** So many units, ten in a chunk. */
  private record Units(long units) implements TensorWork {
    @Override
    public int unitsPerChunk() {
      return 10;
    }

    @Override
    public long sourceBytes(int count) {
      return count;
    }

    @Override
    public double write(long first, int count, Scratch scratch, CheckpointOutput target) {
      throw new UnsupportedOperationException();
    }
  }

  @TempDir static Path directory;

  /** Mapped from a file without contents: as large as the largest tensor, without taking space. */
  private static MemorySegment vast;

  private static Arena arena;

  @BeforeAll
  static void mapEmptyFile() throws IOException {
    arena = Arena.ofShared();
    long size = 13L << 30;
    try (var file = new RandomAccessFile(directory.resolve("empty").toFile(), "rw")) {
      file.setLength(size);
      vast = file.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
    }
  }

  @AfterAll
  static void unmap() {
    arena.close();
  }

  /** A tensor that nothing reads. */
  private static TensorWork work(String from, String to, RowOrder order, long... sizes) {
    Shape shape = Shape.of(sizes);
    FormatId fromId = new FormatId(from);
    FormatId toId = new FormatId(to);
    BlockFormat source = StubFormat.find(fromId).orElseThrow();
    BlockFormat target = StubFormat.find(toId).orElseThrow();
    long bytes = source.byteSize(shape.elements());
    var plan =
        new TensorPlan.FromSource(
            "t",
            new PlannedTensor(
                Optional.empty(), "t", toId, shape, target.byteSize(shape.elements())),
            new StoredTensor(new TensorInfo("t", fromId, shape, bytes), Optional.empty()),
            order,
            false,
            Optional.empty());
    SourceTensor tensor =
        new SourceTensor(0, plan, vast.asSlice(0, bytes), ErrorLocation.subject("t"));
    return fromId.equals(toId)
        ? new CopyWork(tensor, Optional.of(source))
        : new EncodeWork(tensor, source, target, source, target, target);
  }

  @ParameterizedTest
  @CsvSource({
    "F16, Q4_K, 128256, 8192",
    "F16, F32, 128256, 8192",
    "BF16, BF16, 128256, 8192",
    "Q8_0, Q8_0, 100000, 53248",
    "F32, Q6_K, 7, 53248",
    "BF16, F32, 1, 3000000001",
    "F32, F32, 1, 3000000001"
  })
  void chunks_ofHugeTensors_needAboutAMebibyte(String from, String to, long rows, long cols) {
    TensorWork work = work(from, to, new RowOrder.Same(), rows, cols);

    assertThat(work.scratchElements()).isLessThanOrEqualTo(1 << 16);
    assertThat(work.scratchBytes()).isLessThanOrEqualTo(1 << 20);
    assertThat(covered(work)).isEqualTo(work.units());
    assertThat(work.sourceBytes(1) * work.units())
        .isEqualTo(StubFormat.find(new FormatId(from)).orElseThrow().byteSize(rows * cols));
  }

  private static long covered(TensorWork work) {
    Chunks chunks = new Chunks(List.of(work));
    long next = 0;
    for (int i = 0; i < chunks.count(); i++) {
      Chunks.Chunk chunk = chunks.chunk(i);
      assertThat(chunk.first()).isEqualTo(next);
      assertThat(chunk.units()).isBetween(1, work.unitsPerChunk());
      next += chunk.units();
    }
    return next;
  }

  @Test
  void chunks_ofReorderedCopies_gatherAtMostAMebibyte() {
    TensorWork work = work("BF16", "BF16", new RowOrder.Interleave(128, 128), 8192, 8192);

    assertThat(work.units()).isEqualTo(8192);
    assertThat(work.scratchBytes()).isEqualTo(1 << 20);
    assertThat(work("F32", "F32", new RowOrder.Interleave(64, 64), 640).units()).isEqualTo(640);
  }

  @Test
  void rows_longerThanMemoryShouldHold_areRefused() {
    assertThatThrownBy(() -> work("F16", "Q4_K", new RowOrder.Same(), 2, 1L << 31))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("rows of 2147483648 elements");
  }

  @Test
  void chunks_ofSeveralTensors_areNumberedThrough() {
    List<TensorWork> works = new ArrayList<>();
    for (long units : new long[] {0, 25, 0, 0, 10, 1, 0}) {
      works.add(new Units(units));
    }
    Chunks chunks = new Chunks(works);

    assertThat(chunks.count()).isEqualTo(5);
    assertThat(List.of(0, 1, 2, 3, 4).stream().map(chunks::chunk))
        .containsExactly(
            new Chunks.Chunk(1, 0, 10),
            new Chunks.Chunk(1, 10, 10),
            new Chunks.Chunk(1, 20, 5),
            new Chunks.Chunk(4, 0, 10),
            new Chunks.Chunk(5, 0, 1));
    assertThat(chunks.firstOf(4)).isEqualTo(3);
    assertThat(chunks.firstOf(7)).isEqualTo(5);
  }
}
