package io.quant4j.bench;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Device;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.discovery.Extensions;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.SplittableRandom;

/**
 * Measures products on a device: for one vector how fast weights are read, beside how fast the
 * device copies; for many how many operations it does. Operations are queued in large numbers, so
 * that the time of a launch does not count; matrices take turns, so that none stays in a cache.
 */
public final class DeviceBenchmark {
  private static final List<int[]> SHAPES =
      List.of(new int[] {4_096, 4_096}, new int[] {14_336, 4_096}, new int[] {4_096, 14_336});
  private static final int[] BATCHES = {1, 4, 16, 128, 2_048};

  /** Bytes of all matrices of one measurement, beyond any cache. */
  private static final long TOTAL_BYTES = 512L << 20;

  private static final long LEAST_NANOS = 100_000_000;

  private final Operations operations;
  private final PrintStream out;
  private final double copyBandwidth;

  private DeviceBenchmark(Device device, PrintStream out) {
    this.operations = device.operations();
    this.out = out;
    this.copyBandwidth = copyBandwidth();
  }

  /** Arguments: names of formats; some usual ones if there are none. */
  @SuppressWarnings("SystemOut") // a program
  public static void main(String[] args) {
    List<String> formats =
        args.length > 0
            ? List.of(args)
            : List.of("Q4_0", "Q4_K", "Q5_K", "Q6_K", "Q8_0", "F16", "BF16");
    KernelBackend backend =
        ServiceLoader.load(KernelBackend.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(b -> b.name().equals("cuda"))
            .findFirst()
            .orElseThrow();
    try (KernelSet.OnDevices devices = (KernelSet.OnDevices) backend.open()) {
      DeviceBenchmark benchmark = new DeviceBenchmark(devices.devices().getFirst(), System.out);
      System.out.printf(
          Locale.ROOT,
          "%s: copies %.0f GB/s, read and written%n%n",
          backend.probe(),
          benchmark.copyBandwidth / 1e9);
      benchmark.run(formats);
    }
  }

  private void run(List<String> formats) {
    out.println("| format | rows | cols | batch | us | GB/s | of copy | TFLOP/s |");
    out.println("|---|---:|---:|---:|---:|---:|---:|---:|");
    for (String format : formats) {
      for (int[] shape : SHAPES) {
        measure(new FormatId(format), shape[0], shape[1]);
      }
    }
  }

  private void measure(FormatId format, int rows, int cols) {
    BlockFormat blocks = Extensions.installed().format(format, ErrorLocation.none());
    long bytes = blocks.byteSize(cols) * rows;
    List<Weight> weights = new ArrayList<>();
    try (Arena arena = Arena.ofShared();
        SequenceMemory memory = operations.newMemory()) {
      TensorView matrix =
          new TensorView(format, Shape.of(rows, cols), stored(arena, blocks, rows, cols));
      for (int i = 0; i <= TOTAL_BYTES / bytes / SHAPES.size(); i++) {
        weights.add(operations.bind(matrix));
      }
      Buffer x = memory.allocate((long) 2_048 * cols);
      Buffer y = memory.allocate((long) 2_048 * rows);
      float[] values = new float[cols];
      Arrays.fill(values, 0.5f);
      for (int b = 0; b < 2_048; b++) {
        operations.write(values, 0, cols, x, (long) b * cols);
      }
      for (int batch : BATCHES) {
        Buffer in = x.slice(0, (long) batch * cols);
        Buffer to = y.slice(0, (long) batch * rows);
        double seconds =
            secondsOf(i -> operations.matMul(weights.get(i % weights.size()), in, batch, to), y);
        out.printf(
            Locale.ROOT,
            "| %s | %d | %d | %d | %.1f | %.0f | %.0f %% | %.1f |%n",
            format,
            rows,
            cols,
            batch,
            seconds * 1e6,
            bytes / seconds / 1e9,
            100 * bytes / seconds / copyBandwidth,
            2e-12 * rows * cols * batch / seconds);
      }
    }
  }

  /** One row, encoded, over and over. */
  private static MemorySegment stored(Arena arena, BlockFormat blocks, int rows, int cols) {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[cols];
    for (int i = 0; i < cols; i++) {
      values[i] = (float) random.nextGaussian() / 64;
    }
    long rowBytes = blocks.byteSize(cols);
    MemorySegment matrix = arena.allocate(rowBytes * rows, 64);
    blocks.encode(values, 0, cols, null, matrix, 0);
    for (int r = 1; r < rows; r++) {
      MemorySegment.copy(matrix, 0, matrix, r * rowBytes, rowBytes);
    }
    return matrix;
  }

  private double copyBandwidth() {
    long elements = 1L << 28;
    try (SequenceMemory memory = operations.newMemory()) {
      Buffer from = memory.allocate(elements);
      Buffer to = memory.allocate(elements);
      double seconds = secondsOf(_ -> operations.copy(from, to), to);
      return 2.0 * Float.BYTES * elements / seconds;
    }
  }

  @FunctionalInterface
  private interface Queued {
    void queue(int i);
  }

  /** Seconds of one of many that are queued behind each other. */
  private double secondsOf(Queued operation, Buffer written) {
    int count = 8;
    while (true) {
      long nanos = nanosOf(operation, count, written);
      if (nanos >= LEAST_NANOS) {
        return Math.min(nanos, nanosOf(operation, count, written)) / 1e9 / count;
      }
      count *= 2;
    }
  }

  private long nanosOf(Queued operation, int count, Buffer written) {
    float[] one = new float[1];
    operations.read(written, 0, one, 0, 1);
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      operation.queue(i);
    }
    operations.read(written, 0, one, 0, 1);
    return System.nanoTime() - begin;
  }
}
