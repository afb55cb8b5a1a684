package io.quant4j.kernels.vector.machine.fault;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.MappedMemoryWatcher.Watch;
import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.VectorPreparation;
import io.quant4j.core.discovery.Extensions;
import io.quant4j.kernels.vector.VectorBackend;
import io.quant4j.kernels.vector.machine.MachineCode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Mapped files that lose pages while kernels read them. Where they are not watched, JVMs end. */
class LostPageWatcherTest {
  private static final int COLS = 1024;
  private static final int ROWS = 96;
  private static final int BATCH = 12;
  private static final int PAGE = 4096;
  private static final HostKernels KERNELS =
      ((KernelSet.OnHost) new VectorBackend().open()).kernels();

  @TempDir private Path directory;

  static Stream<BlockFormat> formats() {
    return Extensions.installed().formats().stream()
        .filter(format -> KERNELS.matMul(format.id()).isPresent());
  }

  /** A product of one or several vectors with all rows of a matrix. */
  @FunctionalInterface
  private interface Product {
    void multiply(MemorySegment weights, float[] y);
  }

  private static List<Product> products(BlockFormat format) {
    float[] x = new float[BATCH * COLS];
    List<Product> products = new ArrayList<>();
    MatMulKernel kernel = KERNELS.matMul(format.id()).orElseThrow();
    for (int batch : new int[] {1, BATCH}) {
      products.add(
          (weights, y) -> kernel.multiply(weights, COLS, x, 0, batch, y, 0, ROWS, 0, ROWS));
      for (PreparedMatMul prepared : KERNELS.preparedMatMuls(format.id())) {
        if (prepared.preparation().accepts(COLS, batch)) {
          products.add((weights, y) -> multiply(prepared, weights, x, batch, y));
        }
      }
    }
    return products;
  }

  private static void multiply(
      PreparedMatMul kernel, MemorySegment weights, float[] x, int batch, float[] y) {
    VectorPreparation preparation = kernel.preparation();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vectors = arena.allocate(preparation.byteSize(COLS, batch), 64);
      preparation.prepare(x, 0, COLS, batch, vectors, 0, preparation.parts(batch));
      kernel.multiply(weights, COLS, vectors, batch, y, 0, ROWS, 0, ROWS);
    }
  }

  private static MemorySegment map(Path file, long bytes, Arena arena) throws IOException {
    Files.write(file, new byte[Math.toIntExact(bytes)]);
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(MapMode.READ_ONLY, 0, bytes, arena);
    }
  }

  private static void truncate(Path file, long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
  }

  /** Empty in runs without machine code, which say why. */
  private static Optional<Watch> watch(MemorySegment mapped) {
    Optional<Watch> watch = new LostPageWatcher().watch(mapped.address(), mapped.byteSize());
    assertThat(watch.isPresent()).isNotEqualTo(MachineCode.refusal().isPresent());
    return watch;
  }

  @ParameterizedTest
  @MethodSource("formats")
  void everyProduct_goesOnAndTheWatchTells(BlockFormat format) throws IOException {
    long bytes = format.byteSize((long) ROWS * COLS);
    List<Product> products = products(format);
    float[] y = new float[BATCH * ROWS];
    for (int i = 0; i < products.size(); i++) {
      Path file = directory.resolve(format.id().name() + i);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment weights = map(file, bytes, arena);
        Optional<Watch> watch = watch(weights);
        if (watch.isEmpty()) {
          return;
        }
        products.get(i).multiply(weights, y);
        assertThat(watch.get().hasLostPages()).isFalse();
        truncate(file, PAGE);

        products.get(i).multiply(weights, y);

        assertThat(watch.get().hasLostPages()).as("%s, product %d", format.id().name(), i).isTrue();
        watch.get().close();
      }
    }
  }

  @Test
  void watches_tellOnlyOfTheirOwnMemory() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment lost = map(directory.resolve("lost"), 4 * PAGE, arena);
      MemorySegment whole = map(directory.resolve("whole"), 4 * PAGE, arena);
      Optional<Watch> first = watch(lost);
      Optional<Watch> second = watch(whole);
      if (first.isEmpty() || second.isEmpty()) {
        return;
      }
      truncate(directory.resolve("lost"), PAGE);

      assertThat(lost.get(JAVA_BYTE, 3 * PAGE + 5)).isZero();

      assertThat(first.get().hasLostPages()).isTrue();
      assertThat(second.get().hasLostPages()).isFalse();
      first.get().close();
      second.get().close();
    }
  }

  /** The system is free to map it where the file was that lost pages. */
  @Test
  void fileMappedLater_isWatchedAnew() throws IOException {
    for (int round = 0; round < 2_000; round++) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment mapped = map(directory.resolve("file" + round % 2), 2 * PAGE, arena);
        Optional<Watch> watch = watch(mapped);
        if (watch.isEmpty()) {
          return;
        }
        if (round % 2 == 0) {
          truncate(directory.resolve("file0"), PAGE);
        }
        assertThat(mapped.get(JAVA_BYTE, PAGE)).isZero();
        assertThat(watch.get().hasLostPages()).isEqualTo(round % 2 == 0);
        watch.get().close();
        watch.get().close();
      }
    }
  }

  /** What is not watched is the JVM's, as before: an error here, since plain Java reads. */
  @Test
  void memoryNotWatched_isLeftToTheJvm() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment watched = map(directory.resolve("watched"), 2 * PAGE, arena);
      MemorySegment other = map(directory.resolve("other"), 2 * PAGE, arena);
      Optional<Watch> watch = watch(watched);
      truncate(directory.resolve("other"), 0);

      assertThatThrownBy(() -> other.get(JAVA_BYTE, PAGE)).isInstanceOf(InternalError.class);
      watch.ifPresent(Watch::close);
    }
  }
}
