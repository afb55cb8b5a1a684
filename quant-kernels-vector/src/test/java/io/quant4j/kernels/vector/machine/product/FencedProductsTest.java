package io.quant4j.kernels.vector.machine.product;

import static org.assertj.core.api.Assertions.assertThat;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.core.discovery.Extensions;
import io.quant4j.kernels.vector.VectorBackend;
import io.quant4j.kernels.vector.machine.Usability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Products read nothing before or behind the matrix: a mapped file may begin and end there. Where
 * this JVM cannot use generated code, the tests hold it to say why.
 */
class FencedProductsTest {
  private static final int MOST_ROWS = 9;
  private static final int MOST_COLS = 1024;

  static Stream<String> formats() {
    return Extensions.installed().formats().stream()
        .filter(format -> kernels().matMul(format.id()).isPresent())
        .map(format -> format.id().name());
  }

  private static HostKernels kernels() {
    return ((KernelSet.OnHost) new VectorBackend().open()).kernels();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void product_atTheEdgesOfMemory_isThatOfAnyPlace(String name) throws Throwable {
    if (!Usability.checked()) {
      return;
    }
    BlockFormat format =
        Extensions.installed().formats().stream()
            .filter(f -> f.id().name().equals(name))
            .findFirst()
            .orElseThrow();
    FencedMemory memory = new FencedMemory(MOST_ROWS * format.byteSize(MOST_COLS));
    for (int cols : new int[] {256, 288, 320, 384, 480, 896, MOST_COLS}) {
      for (int rows = 1; rows <= MOST_ROWS && cols % format.blockElements() == 0; rows += 4) {
        MemorySegment weights = weights(format, rows, cols);
        for (int batch : new int[] {1, 3, 12}) {
          for (MatMulKernel kernel : products(format, cols, batch)) {
            float[] expected = product(kernel, weights, rows, cols, batch);
            assertThat(product(kernel, memory.first(weights), rows, cols, batch))
                .isEqualTo(expected);
            assertThat(product(kernel, memory.last(weights), rows, cols, batch))
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  /** The plain product, and prepared ones that accept the size. */
  private static List<MatMulKernel> products(BlockFormat format, int cols, int batch) {
    List<MatMulKernel> products = new ArrayList<>();
    products.add(kernels().matMul(format.id()).orElseThrow());
    for (PreparedMatMul prepared : kernels().preparedMatMuls(format.id())) {
      if (prepared.preparation().accepts(cols, batch)) {
        products.add((weights, c, x, xOffset, b, y, yOffset, yStride, begin, end) -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment vectors = arena.allocate(prepared.preparation().byteSize(c, b), 64);
            int parts = prepared.preparation().parts(b);
            prepared.preparation().prepare(x, xOffset, c, b, vectors, 0, parts);
            prepared.multiply(weights, c, vectors, b, y, yOffset, yStride, begin, end);
          }
        });
      }
    }
    return products;
  }

  private static float[] product(
      MatMulKernel kernel, MemorySegment weights, int rows, int cols, int batch) {
    float[] y = new float[batch * rows];
    kernel.multiply(weights, cols, floats(batch * cols), 0, batch, y, 0, rows, 0, rows);
    return y;
  }

  private static MemorySegment weights(BlockFormat format, int rows, int cols) {
    float[] importance = new float[cols];
    Arrays.fill(importance, 1);
    float[] values = floats(rows * cols);
    MemorySegment weights = MemorySegment.ofArray(new byte[(int) format.byteSize(rows * cols)]);
    for (int r = 0; r < rows; r++) {
      format.encode(
          values,
          r * cols,
          cols,
          format.requiresImportance() ? importance : null,
          weights,
          r * format.byteSize(cols));
    }
    return weights;
  }

  private static float[] floats(int count) {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
