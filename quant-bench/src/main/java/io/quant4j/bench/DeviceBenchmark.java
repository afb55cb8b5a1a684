package io.quant4j.bench;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.GateActivation;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.KeyValueCache;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.bench.DeviceSizes.Matrix;
import io.quant4j.core.discovery.Extensions;
import io.quant4j.kernels.cuda.driver.DriverLibrary;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Measures the operations of a device, kernel by format by shape: how fast they read and write
 * beside how fast the device copies, and how many operations of arithmetic they do. Matrices take
 * turns, so that none stays in a cache.
 */
public final class DeviceBenchmark {
  private static final List<String> USUAL_FORMATS =
      List.of("Q4_0", "Q4_K", "Q5_K", "Q6_K", "Q8_0", "F16", "BF16");
  private static final List<String> CACHES = List.of("F16", "Q8_0", "F32");
  private static final int HEAD_DIM = 128;

  /** Operations of a pass. */
  private static final int REPEATED = 16;

  private final Operations operations;
  private final DeviceSizes sizes;
  private final PrintStream out;
  private final DeviceTimer timer;
  private final double copyBandwidth;

  private DeviceBenchmark(Operations operations, DeviceSizes sizes, PrintStream out) {
    this.operations = operations;
    this.sizes = sizes;
    this.out = out;
    this.timer = new DeviceTimer(operations, sizes.leastNanos());
    this.copyBandwidth = copyBandwidth();
  }

  /** Arguments: names of formats; some usual ones if there are none. */
  @SuppressWarnings("SystemOut") // a program
  public static void main(String[] args) {
    List<String> formats = args.length > 0 ? List.of(args) : USUAL_FORMATS;
    KernelBackend backend =
        ServiceLoader.load(KernelBackend.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(b -> b.name().equals("cuda"))
            .findFirst()
            .orElseThrow();
    System.out.println(backend.probe());
    emulation().ifPresent(System.out::println);
    try (KernelSet.OnDevices devices = (KernelSet.OnDevices) backend.open()) {
      new DeviceBenchmark(
              devices.devices().getFirst().operations(),
              emulation().isEmpty() ? DeviceSizes.USUAL : DeviceSizes.SMALL,
              System.out)
          .run(formats);
    }
  }

  /** What to say where the driver is not that of a device. */
  static Optional<String> emulation() {
    String library = System.getProperty(DriverLibrary.PROPERTY, "");
    return library.isEmpty()
        ? Optional.empty()
        : Optional.of("NOT A DEVICE: these are times of " + library);
  }

  private void run(List<String> formats) {
    out.printf(Locale.ROOT, "copies: %.0f GB/s, read and written%n%n", copyBandwidth / 1e9);
    out.println("| kernel | format | shape | us | GB/s | of copy | TFLOP/s |");
    out.println("|---|---|---|---:|---:|---:|---:|");
    for (String format : formats) {
      for (Matrix matrix : sizes.matrices()) {
        products(new FormatId(format), matrix);
      }
    }
    for (String cache : CACHES) {
      for (int positions : sizes.positions()) {
        attention(new FormatId(cache), positions);
      }
    }
    rows();
    search();
    timer.close();
  }

  /**
   * A row of the table.
   *
   * @param seconds of one operation
   * @param bytes that it has to read and write
   * @param arithmetic multiplications and additions
   */
  private void report(
      String kernel, Object format, String shape, double seconds, double bytes, double arithmetic) {
    out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %.1f | %.0f | %.0f %% | %.1f |%n",
        kernel,
        format,
        shape,
        seconds * 1e6,
        bytes / seconds / 1e9,
        100 * bytes / seconds / copyBandwidth,
        arithmetic / seconds / 1e12);
  }

  private void products(FormatId format, Matrix matrix) {
    BlockFormat blocks = Extensions.installed().format(format, ErrorLocation.none());
    long bytes = blocks.byteSize(matrix.cols()) * matrix.rows();
    int most = sizes.batches().getLast();
    try (Arena arena = Arena.ofShared();
        SequenceMemory memory = operations.newMemory()) {
      MemorySegment stored = arena.allocate(bytes, Long.BYTES);
      SampleRows.fill(blocks, matrix.cols(), stored);
      TensorView view = new TensorView(format, Shape.of(matrix.rows(), matrix.cols()), stored);
      List<Weight> weights = new ArrayList<>();
      for (int i = 0; i <= sizes.matrixBytes() / bytes; i++) {
        weights.add(operations.bind(view));
      }
      Buffer x = filled(memory, (long) most * matrix.cols());
      Buffer y = memory.allocate((long) most * matrix.rows());
      for (int batch : sizes.batches()) {
        Buffer in = x.slice(0, (long) batch * matrix.cols());
        Buffer to = y.slice(0, (long) batch * matrix.rows());
        double seconds =
            timer.seconds(0, () -> weights.forEach(w -> operations.matMul(w, in, batch, to)));
        report(
            "product with " + batch,
            format,
            matrix.toString(),
            seconds / weights.size(),
            bytes,
            2.0 * matrix.rows() * matrix.cols() * batch);
      }
    }
  }

  /** Attention of one row, and of many that end where it does. */
  private void attention(FormatId format, int positions) {
    AttentionShape shape =
        new AttentionShape(sizes.heads(), sizes.kvHeads(), HEAD_DIM, 1f / HEAD_DIM);
    BlockFormat blocks = Extensions.installed().format(format, ErrorLocation.none());
    double stored = 2.0 * blocks.byteSize(shape.kvDim()) * positions;
    try (SequenceMemory memory = operations.newMemory()) {
      KeyValueCache cache =
          memory.allocateCache(
              new CacheShape(sizes.kvHeads(), HEAD_DIM, positions, format, format));
      int rows = Math.min(sizes.rows(), positions);
      Buffer x = filled(memory, (long) rows * shape.queryDim());
      Buffer y = memory.allocate((long) rows * shape.queryDim());
      Buffer keys = x.slice(0, (long) rows * shape.kvDim());
      for (int at = 0; at < positions; at += rows) {
        operations.store(cache, keys, keys, Math.min(at, positions - rows), rows);
      }
      for (int batch : List.of(1, rows)) {
        int first = positions - batch;
        double seen = (double) batch * positions - batch * (batch - 1.0) / 2;
        double seconds =
            timer.seconds(
                first, repeated(() -> operations.attention(shape, x, cache, first, batch, y)));
        report(
            "attention of " + batch,
            format,
            "%d/%d heads x %d, %d positions"
                .formatted(shape.heads(), shape.kvHeads(), HEAD_DIM, positions),
            seconds / REPEATED,
            stored + 2.0 * Float.BYTES * batch * shape.queryDim(),
            4.0 * seen * shape.queryDim());
      }
    }
  }

  /** Norms and activations of many rows. */
  private void rows() {
    int cols = sizes.matrices().getFirst().cols();
    int rows = sizes.rows();
    double bytes = (double) rows * cols * Float.BYTES;
    try (SequenceMemory memory = operations.newMemory()) {
      Buffer x = filled(memory, (long) rows * cols);
      Buffer y = memory.allocate((long) rows * cols);
      Buffer gain = operations.load(SampleRows.floats(cols));
      double norm = timer.seconds(0, repeated(() -> operations.rmsNorm(x, gain, 1e-5f, rows, y)));
      report("norm", "F32", rows + " x " + cols, norm / REPEATED, 2 * bytes, 4.0 * rows * cols);
      double gated = timer.seconds(0, repeated(() -> operations.swiGlu(y, x)));
      report(
          GateActivation.SILU + " gate",
          "F32",
          rows + " x " + cols,
          gated / REPEATED,
          3 * bytes,
          0);
    }
  }

  /** The likeliest tokens, the way to the host included. */
  private void search() {
    try (SequenceMemory memory = operations.newMemory()) {
      Buffer logits = filled(memory, sizes.vocabulary());
      for (int count : List.of(1, 40, 512)) {
        operations.largest(logits, count);
        long begin = System.nanoTime();
        for (int i = 0; i < REPEATED; i++) {
          operations.largest(logits, count);
        }
        double seconds = (System.nanoTime() - begin) / 1e9 / REPEATED;
        report(
            "largest %d, on the host's clock".formatted(count),
            "F32",
            String.valueOf(sizes.vocabulary()),
            seconds,
            (double) sizes.vocabulary() * Float.BYTES,
            0);
      }
    }
  }

  private static Runnable repeated(Runnable operation) {
    return () -> {
      for (int i = 0; i < REPEATED; i++) {
        operation.run();
      }
    };
  }

  private Buffer filled(SequenceMemory memory, long elements) {
    Buffer buffer = memory.allocate(elements);
    float[] values = SampleRows.floats((int) Math.min(elements, 1 << 20));
    for (long at = 0; at < elements; at += values.length) {
      operations.write(values, 0, (int) Math.min(values.length, elements - at), buffer, at);
    }
    return buffer;
  }

  private double copyBandwidth() {
    try (SequenceMemory memory = operations.newMemory()) {
      Buffer from = memory.allocate(sizes.copiedElements());
      Buffer to = memory.allocate(sizes.copiedElements());
      double seconds = timer.seconds(0, () -> operations.copy(from, to));
      return 2.0 * Float.BYTES * sizes.copiedElements() / seconds;
    }
  }
}
