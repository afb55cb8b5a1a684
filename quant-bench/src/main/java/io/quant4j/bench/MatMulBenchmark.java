package io.quant4j.bench;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.VectorPreparation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
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
import org.openjdk.jmh.infra.ThreadParams;

/**
 * A matrix of 4096 x 4096 stored weights times one vector or many. Each thread multiplies a whole
 * matrix, and another one each time: together they do not fit into caches, as those of a model do
 * not.
 *
 * <p>The backend "vector" uses machine code where it can; "vector-api" is the same without.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class MatMulBenchmark {
  static final int ROWS = 4096;
  static final int COLS = 4096;
  private static final long LEAST_BYTES = 512L << 20;

  /** How many vectors come at once. */
  public enum Phase {
    /** One token at a time. */
    GENERATION(1),
    /** Many tokens of a prompt. */
    PROMPT(128);

    final int batch;

    Phase(int batch) {
      this.batch = batch;
    }
  }

  /** Weights and vectors, shared by all threads. */
  @State(Scope.Benchmark)
  public abstract static class Matrices {
    /** Name of the weights' format. */
    @Param("Q4_K")
    public String format = "";

    /** Name of the backend. */
    @Param("vector")
    public String backend = "";

    /** How many vectors. */
    @Param public Phase phase = Phase.GENERATION;

    final Arena arena = Arena.ofShared();
    private MemorySegment weights = MemorySegment.NULL;
    private long matrixBytes;
    float[] x = {};

    Matrices() {}

    abstract void choose(HostKernels kernels, BlockFormat blocks);

    /**
     * Makes the weights.
     *
     * @throws IllegalArgumentException if the backend does not offer this product
     */
    @Setup
    public void allocate() {
      BlockFormat blocks = Subjects.format(format);
      choose(Subjects.kernels(backend), blocks);
      matrixBytes = matrixBytes(blocks);
      long matrices = (LEAST_BYTES + matrixBytes - 1) / matrixBytes;
      weights = arena.allocate(matrices * matrixBytes, 64);
      SampleRows.fill(blocks, COLS, weights);
      x = SampleRows.floats(phase.batch * COLS);
    }

    /** Frees the weights. */
    @TearDown
    public void free() {
      arena.close();
    }

    MemorySegment matrix(int turn) {
      long matrices = weights.byteSize() / matrixBytes;
      return weights.asSlice(turn % matrices * matrixBytes, matrixBytes);
    }
  }

  /** With products of vectors as they are. */
  public static class Plain extends Matrices {
    private MatMulKernel kernel = (w, cols, v, vAt, batch, y, yAt, yStride, begin, end) -> {};

    /** For JMH. */
    public Plain() {}

    @Override
    void choose(HostKernels kernels, BlockFormat blocks) {
      kernel =
          kernels
              .matMul(blocks.id())
              .orElseThrow(() -> Subjects.notOffered(backend, "matMul", format));
    }
  }

  /** With products of prepared vectors. */
  public static class Prepared extends Matrices {
    private @Nullable PreparedMatMul kernel;

    /** For JMH. */
    public Prepared() {}

    @Override
    void choose(HostKernels kernels, BlockFormat blocks) {
      kernel =
          kernels.preparedMatMuls(blocks.id()).stream()
              .filter(product -> product.preparation().accepts(COLS, phase.batch))
              .findFirst()
              .orElseThrow(() -> Subjects.notOffered(backend, "preparedMatMuls", format));
    }
  }

  /** Where a thread writes, and whose turn it is. */
  @State(Scope.Thread)
  public static class Output {
    private static final int TURNS_APART = 7;
    private static final int ALIGNMENT = 64;
    private final Arena arena = Arena.ofShared();
    private MemorySegment prepared = MemorySegment.NULL;
    private float[] y = {};
    private int turn;

    /** For JMH. */
    public Output() {}

    /** Lets threads begin with different matrices. */
    @Setup
    public void allocate(ThreadParams threads) {
      turn = threads.getThreadIndex() * TURNS_APART;
    }

    /** Frees what was prepared. */
    @TearDown
    public void free() {
      arena.close();
    }

    private float[] results(int batch) {
      if (y.length != batch * ROWS) {
        y = new float[batch * ROWS];
      }
      return y;
    }

    private MemorySegment prepared(long bytes) {
      if (prepared.byteSize() != bytes) {
        prepared = arena.allocate(bytes, ALIGNMENT);
      }
      return prepared;
    }
  }

  /** For JMH. */
  public MatMulBenchmark() {}

  /** Bytes of one matrix. */
  static long matrixBytes(BlockFormat format) {
    return ROWS * format.byteSize(COLS);
  }

  /** One product. */
  @Benchmark
  public float[] multiply(Plain matrices, Output output) {
    MemorySegment weights = matrices.matrix(output.turn++ & Integer.MAX_VALUE);
    int batch = matrices.phase.batch;
    float[] y = output.results(batch);
    matrices.kernel.multiply(weights, COLS, matrices.x, 0, batch, y, 0, ROWS, 0, ROWS);
    return y;
  }

  /** One product, and preparing its vectors, which in a model several matrices share. */
  @Benchmark
  public float[] multiplyPrepared(Prepared matrices, Output output) {
    MemorySegment weights = matrices.matrix(output.turn++ & Integer.MAX_VALUE);
    int batch = matrices.phase.batch;
    float[] y = output.results(batch);
    PreparedMatMul kernel = Objects.requireNonNull(matrices.kernel);
    VectorPreparation by = kernel.preparation();
    MemorySegment vectors = output.prepared(by.byteSize(COLS, batch));
    by.prepare(matrices.x, 0, COLS, batch, vectors, 0, by.parts(batch));
    kernel.multiply(weights, COLS, vectors, batch, y, 0, ROWS, 0, ROWS);
    return y;
  }
}
