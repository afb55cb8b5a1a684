package io.quant4j.bench;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.VectorPreparation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** How fast one thread multiplies weights that its cache holds: what is left if reading is free. */
public final class CachedProducts {
  private static final int COLS = 2048;
  private static final int CACHE_BYTES = 256 << 10;
  private static final int ALIGNMENT = 64;
  private static final double PASS_SECONDS = 0.1;
  private static final int PASSES = 12;

  private CachedProducts() {}

  /**
   * Weights per second of one thread and one vector, in the best of several passes, with the kernel
   * that a model would take.
   *
   * @param format name of the weights' format
   * @throws IllegalArgumentException if there is no kernel for it
   */
  public static double weightsPerSecond(String backend, String format) {
    BlockFormat blocks = Subjects.format(format);
    HostKernels kernels = Subjects.kernels(backend);
    int rows = (int) (CACHE_BYTES / blocks.byteSize(COLS));
    try (Arena arena = Arena.ofShared()) {
      MemorySegment weights = arena.allocate(rows * blocks.byteSize(COLS), ALIGNMENT);
      SampleRows.fill(blocks, COLS, weights);
      Runnable product =
          product(kernels, blocks, weights, rows, arena)
              .orElseThrow(() -> Subjects.notOffered(backend, "matMul", format));
      double best = 0;
      for (int pass = 0; pass < PASSES; pass++) {
        best = Math.max(best, productsPerSecond(product));
      }
      return best * rows * COLS;
    }
  }

  private static Optional<Runnable> product(
      HostKernels kernels, BlockFormat blocks, MemorySegment weights, int rows, Arena arena) {
    float[] x = SampleRows.floats(COLS);
    float[] y = new float[rows];
    Optional<PreparedMatMul> prepared =
        kernels.preparedMatMuls(blocks.id()).stream()
            .filter(p -> p.preparation().accepts(COLS, 1))
            .findFirst();
    if (prepared.isPresent()) {
      VectorPreparation by = prepared.get().preparation();
      MemorySegment vectors = arena.allocate(by.byteSize(COLS, 1), ALIGNMENT);
      by.prepare(x, 0, COLS, 1, vectors, 0, by.parts(1));
      return Optional.of(
          () -> prepared.get().multiply(weights, COLS, vectors, 1, y, 0, rows, 0, rows));
    }
    return kernels
        .matMul(blocks.id())
        .map(kernel -> () -> kernel.multiply(weights, COLS, x, 0, 1, y, 0, rows, 0, rows));
  }

  private static double productsPerSecond(Runnable product) {
    long begin = System.nanoTime();
    long products = 0;
    double seconds;
    do {
      for (int i = 0; i < 16; i++) {
        product.run();
      }
      products += 16;
      seconds = (System.nanoTime() - begin) / 1e9;
    } while (seconds < PASS_SECONDS);
    return products / seconds;
  }
}
