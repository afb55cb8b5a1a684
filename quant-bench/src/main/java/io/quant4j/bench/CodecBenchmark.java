package io.quant4j.bench;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.RowEncoder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Encoding and decoding of 16 rows of 4096 elements, in caches. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class CodecBenchmark {
  static final int ROWS = 16;
  static final int COLS = 4096;

  /** Rows of one thread in a format. */
  @State(Scope.Thread)
  public abstract static class Rows {
    /** Name of the format. */
    @Param("Q4_K")
    public String format = "";

    /** Name of the backend. */
    @Param("vector")
    public String backend = "";

    final float[] floats = SampleRows.floats(ROWS * COLS);
    private final Arena arena = Arena.ofShared();
    MemorySegment stored = MemorySegment.NULL;
    long rowBytes;

    Rows() {}

    /**
     * Makes the stored rows.
     *
     * @throws IllegalArgumentException if the backend does not offer this operation
     */
    @Setup
    public void allocate() {
      BlockFormat blocks = Subjects.format(format);
      choose(Subjects.kernels(backend), blocks);
      rowBytes = blocks.byteSize(COLS);
      stored = arena.allocate(ROWS * rowBytes, 64);
      SampleRows.fill(blocks, COLS, stored);
    }

    /** Frees the stored rows. */
    @TearDown
    public void free() {
      arena.close();
    }

    abstract void choose(HostKernels kernels, BlockFormat blocks);
  }

  /** Rows with an encoder. */
  public static class Encoding extends Rows {
    private RowEncoder encoder = (row, rowAt, cols, weights, target, at) -> {};
    private float @Nullable [] importance;

    /** For JMH. */
    public Encoding() {}

    @Override
    void choose(HostKernels kernels, BlockFormat blocks) {
      encoder =
          kernels
              .encoder(blocks.id())
              .orElseThrow(() -> Subjects.notOffered(backend, "encode", format));
      importance = SampleRows.importance(blocks, COLS);
    }
  }

  /** Rows with a decoder. */
  public static class Decoding extends Rows {
    private RowDecoder decoder = (source, at, target, targetAt, elements) -> {};

    /** For JMH. */
    public Decoding() {}

    @Override
    void choose(HostKernels kernels, BlockFormat blocks) {
      decoder =
          kernels
              .decoder(blocks.id())
              .orElseThrow(() -> Subjects.notOffered(backend, "decode", format));
    }
  }

  /** For JMH. */
  public CodecBenchmark() {}

  /** Encodes all rows, without importance where that is possible. */
  @Benchmark
  public MemorySegment encode(Encoding rows) {
    for (int r = 0; r < ROWS; r++) {
      rows.encoder.encode(
          rows.floats, r * COLS, COLS, rows.importance, rows.stored, r * rows.rowBytes);
    }
    return rows.stored;
  }

  /** Decodes all rows. */
  @Benchmark
  public float[] decode(Decoding rows) {
    for (int r = 0; r < ROWS; r++) {
      rows.decoder.decode(rows.stored, r * rows.rowBytes, rows.floats, r * COLS, COLS);
    }
    return rows.floats;
  }
}
