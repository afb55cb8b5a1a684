package io.quant4j.kernels.cuda.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.ExpertChoice;
import io.quant4j.api.spi.GateActivation;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.TensorView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products with few vectors and many, alone and fused, beside those of the host. */
@Tag("emulation")
@Tag("gpu")
class CudaProductsTest extends BesideHost {
  /** Rounding of both sides of a sum to 11 bits, with errors that add up as if independent. */
  private static final double HALF = 2e-3;

  /** The same to 8 bits. */
  private static final double BRAIN = 1.6e-2;

  private static final double FLOAT = 1e-5;

  @ParameterizedTest
  @CsvSource({
    "Q4_0, 96, 130, 9", "Q4_0, 64, 1, 300", "Q8_0, 32, 257, 17", "Q6_K, 256, 40, 129",
    "Q4_K, 512, 129, 16", "Q5_K, 256, 5, 20", "IQ2_XXS, 256, 33, 30", "TQ2_0, 256, 16, 65",
    "F16, 64, 129, 131", "F16, 40, 33, 20", "Q4_1, 32, 12, 9", "Q4_0, 256, 150, 70",
    "Q8_0, 128, 130, 260", "Q5_K, 512, 129, 129", "Q6_K, 512, 257, 90", "Q4_K, 256, 1, 257",
    "F16, 96, 257, 300", "Q8_0, 160, 20, 30"
  })
  void matMul_ofManyVectors_isTheHostsUpToHalfPrecision(
      String format, int cols, int rows, int batch) {
    TensorView matrix = matrix(format, 1, rows, cols);
    compare(HALF, format, operations -> product(operations, matrix, batch));
  }

  @ParameterizedTest
  @CsvSource({"BF16, 64, 129, 131", "BF16, 96, 3, 9"})
  void matMul_ofManyVectorsInBrainFloats_isTheHostsUpToTheirPrecision(
      String format, int cols, int rows, int batch) {
    TensorView matrix = matrix(format, 1, rows, cols);
    compare(BRAIN, format, operations -> product(operations, matrix, batch));
  }

  @ParameterizedTest
  @CsvSource({"F32, 64, 65, 66", "F32, 7, 130, 9", "F16, 33, 3, 70", "BF16, 5, 70, 40"})
  void matMul_withoutTensorCores_isTheHosts(String format, int cols, int rows, int batch) {
    TensorView matrix = matrix(format, 1, rows, cols);
    compare(FLOAT, format, operations -> product(operations, matrix, batch));
  }

  // other sequences round the input of these formats to 16 bits, and miss this bound
  @ParameterizedTest
  @CsvSource({
    "Q4_0, 256, 40, 1",
    "Q8_0, 256, 40, 1",
    "Q4_K, 512, 33, 1",
    "Q5_K, 512, 33, 5",
    "Q6_K, 512, 33, 30"
  })
  void exactMatMul_keepsThePrecisionOfFloats(String format, int cols, int rows, int batch) {
    TensorView matrix = matrix(format, 1, rows, cols);
    compare(FLOAT, format, operations -> product(operations.exact(), matrix, batch));
  }

  // the same; 30 tokens are many enough for other kernels elsewhere
  @ParameterizedTest
  @CsvSource({
    "Q4_0, 256, 40, 1",
    "Q8_0, 256, 40, 30",
    "Q4_K, 512, 33, 3",
    "Q5_K, 512, 33, 30",
    "Q6_K, 512, 33, 1"
  })
  void exactMatMulExperts_keepsThePrecisionOfFloats(String format, int cols, int rows, int batch) {
    List<TensorView> matrices = matrices(format, 5, rows, cols);
    float[] logits = OpenDevice.gaussian(7, batch * 5);
    float[] x = OpenDevice.gaussian(8, batch * cols);
    compare(
        FLOAT,
        format,
        operations -> {
          Operations exact = operations.exact();
          try (SequenceMemory memory = exact.newMemory()) {
            ExpertChoice choice = exact.chooseExperts(exact.load(logits), 3, true, batch);
            Buffer out = memory.allocate(batch * 3L * rows);
            exact.matMulExperts(exact.bindExperts(matrices), choice, exact.load(x), out);
            return OpenDevice.read(exact, out);
          }
        });
  }

  private static float[] product(Operations operations, TensorView matrix, int batch) {
    int cols = (int) matrix.shape().cols();
    try (SequenceMemory memory = operations.newMemory()) {
      Buffer x = operations.load(OpenDevice.gaussian(2, batch * cols));
      Buffer out = memory.allocate(batch * matrix.shape().rows());
      operations.matMul(operations.bind(matrix), x, batch, out);
      return OpenDevice.read(operations, out);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Q4_0", "Q6_K", "BF16", "F32"})
  void matMul_ofExactOperations_givesTheBitsOfEachVector(String format) {
    Weight weight = device.bind(matrix(format, 1, 35, 256));
    float[] x = OpenDevice.gaussian(3, 40 * 256);
    try (SequenceMemory memory = device.exact().newMemory()) {
      Buffer all = memory.allocate(40L * 35);
      device.exact().matMul(weight, device.load(x), 40, all);
      for (int b : new int[] {0, 17, 39}) {
        Buffer one = memory.allocate(35);
        device
            .exact()
            .matMul(weight, device.load(Arrays.copyOfRange(x, b * 256, (b + 1) * 256)), 1, one);
        assertThat(open.read(all.slice(b * 35L, 35))).isEqualTo(open.read(one));
      }
    }
  }

  @Test
  void matMul_ofLargeAndTinyVectors_keepsTheirMagnitudes() {
    TensorView matrix = matrix("F16", 1, 20, 64);
    float[] x = OpenDevice.gaussian(2, 20 * 64);
    for (int b = 0; b < 20; b++) {
      for (int i = 0; i < 64; i++) {
        x[b * 64 + i] *= (float) Math.pow(10, b - 10);
      }
    }
    for (int b = 0; b < 20; b++) {
      int row = b;
      compare(
          HALF,
          "10^" + (b - 10),
          operations -> {
            try (SequenceMemory memory = operations.newMemory()) {
              Buffer out = memory.allocate(20L * 20);
              operations.matMul(operations.bind(matrix), operations.load(x), 20, out);
              return Arrays.copyOfRange(OpenDevice.read(operations, out), row * 20, (row + 1) * 20);
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 8, 9, 33})
  void matMulEach_givesTheBitsOfEachProduct(int batch) {
    List<Weight> weights = new ArrayList<>();
    for (String format : List.of("Q4_K", "Q4_K", "Q6_K", "Q4_K", "Q4_K", "Q4_K", "Q4_K", "F32")) {
      weights.add(device.bind(matrix(format, weights.size(), 17 + weights.size(), 256)));
    }
    Buffer x = device.load(OpenDevice.gaussian(3, batch * 256));
    try (SequenceMemory memory = device.newMemory()) {
      List<Buffer> outs =
          weights.stream().map(w -> memory.allocate(batch * w.shape().rows())).toList();
      device.matMulEach(weights, x, batch, outs);
      for (int i = 0; i < weights.size(); i++) {
        Buffer alone = memory.allocate(outs.get(i).length());
        device.matMul(weights.get(i), x, batch, alone);
        assertThat(open.read(outs.get(i))).as("weight %d", i).isEqualTo(open.read(alone));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, SILU, Q4_0, Q4_0",
    "3, GELU, Q4_0, Q4_0",
    "20, SILU, Q4_0, Q4_0",
    "1, GELU, Q4_0, Q8_0",
    "9, GELU, Q4_0, Q8_0",
    "70, SILU, F16, F16"
  })
  void matMulGated_isTheHosts(int batch, GateActivation activation, String first, String second) {
    TensorView gate = matrix(first, 1, 35, 64);
    TensorView up = matrix(second, 2, 35, 64);
    float[] x = OpenDevice.gaussian(3, batch * 64);
    float[] gain = OpenDevice.gaussian(4, 64);
    compare(
        batch > 8 ? HALF : FLOAT,
        "gated",
        operations -> {
          try (SequenceMemory memory = operations.newMemory()) {
            Buffer out = memory.allocate(batch * 35L);
            operations.matMulGated(
                operations.bind(gate),
                operations.bind(up),
                activation,
                operations.load(x),
                batch,
                out,
                memory.allocate(batch * 35L));
            return OpenDevice.read(operations, out);
          }
        });
    compare(
        batch > 8 ? HALF : FLOAT,
        "normalized and gated",
        operations -> {
          try (SequenceMemory memory = operations.newMemory()) {
            Buffer out = memory.allocate(batch * 35L);
            operations.normMatMulGated(
                operations.load(x),
                operations.load(gain),
                1e-5f,
                operations.bind(gate),
                operations.bind(up),
                activation,
                batch,
                out,
                memory.allocate(batch * 64L),
                memory.allocate(batch * 35L));
            return OpenDevice.read(operations, out);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"1, Q8_0", "7, Q8_0", "40, Q8_0", "40, F32", "12, BF16"})
  void normMatMulEachAndAdd_areTheHosts(int batch, String format) {
    TensorView matrix = matrix(format, 1, 35, 64);
    float[] x = OpenDevice.gaussian(3, batch * 64);
    float[] gain = OpenDevice.gaussian(4, 64);
    float[] sum = OpenDevice.gaussian(5, batch * 35);
    compare(
        batch <= 8 || format.equals("F32") ? FLOAT : format.equals("BF16") ? BRAIN : HALF,
        format,
        operations -> {
          try (SequenceMemory memory = operations.newMemory()) {
            Weight weight = operations.bind(matrix);
            Buffer normed = memory.allocate(batch * 64L);
            Buffer out = memory.allocate(batch * 35L);
            operations.normMatMulEach(
                operations.load(x),
                operations.load(gain),
                1e-5f,
                List.of(weight),
                batch,
                List.of(out),
                normed);
            Buffer total = operations.load(sum);
            operations.matMulAdd(
                weight, operations.load(x), batch, total, memory.allocate(batch * 35L));
            operations.add(total, out);
            return OpenDevice.read(operations, total);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"1, false, Q4_0", "1, true, Q8_0", "23, false, F16", "23, true, Q4_0"})
  void matMulExperts_givesTheBitsOfEachExpertsProduct(int batch, boolean ownRows, String format) {
    int used = 3;
    List<TensorView> matrices = matrices(format, 5, 37, 64);
    Weight stack = device.bindExperts(matrices);
    try (SequenceMemory memory = device.newMemory()) {
      ExpertChoice choice =
          device.chooseExperts(device.load(OpenDevice.gaussian(7, batch * 5)), used, true, batch);
      float[] x = OpenDevice.gaussian(8, batch * 64 * (ownRows ? used : 1));
      Buffer out = memory.allocate((long) batch * used * 37);
      device.matMulExperts(stack, choice, device.load(x), out);

      float[] all = open.read(out);
      int[] experts = choice.experts();
      for (int row = 0; row < batch * used; row++) {
        int from = (ownRows ? row : row / used) * 64;
        Buffer product = memory.allocate(37);
        device.matMul(
            device.bind(matrices.get(experts[row])),
            device.load(Arrays.copyOfRange(x, from, from + 64)),
            1,
            product);
        assertThat(Arrays.copyOfRange(all, row * 37, (row + 1) * 37))
            .as("row %d, expert %d", row, experts[row])
            .isEqualTo(open.read(product));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 8, 2, true", "9, 60, 4, false", "3, 128, 8, true"})
  void chosenExperts_areTheHosts(int batch, int count, int used, boolean normalized) {
    float[] logits = OpenDevice.gaussian(11, batch * count);
    logits[count / 2] = logits[0]; // equal ones: the first wins
    float[] said = OpenDevice.gaussian(12, batch * used * 10);
    List<int[]> chosen = new ArrayList<>();
    compare(
        FLOAT,
        "mixed",
        operations -> {
          try (SequenceMemory memory = operations.newMemory()) {
            ExpertChoice choice =
                operations.chooseExperts(operations.load(logits), used, normalized, batch);
            chosen.add(choice.experts());
            Buffer out = memory.allocate(batch * 10L);
            operations.mixExperts(choice, operations.load(said), out);
            return OpenDevice.read(operations, out);
          }
        });
    assertThat(chosen.getFirst()).isEqualTo(chosen.getLast());
  }

  @Test
  void bindExperts_ofDifferentFormats_isRefused() {
    assertThatThrownBy(
            () -> device.bindExperts(List.of(matrix("F32", 1, 2, 4), matrix("F16", 2, 2, 4))))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContainingAll("F32", "F16");
  }

  @Test
  void bind_ofFormatWithoutKernels_isRefused() {
    assertThatThrownBy(() -> device.bind(matrix("I32", 1, 2, 4)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("I32");
  }

  @ParameterizedTest
  @ValueSource(strings = {"F32", "F16", "BF16", "Q8_0"})
  void load_givesTheBitsOfTheFormat(String format) {
    TensorView stored = matrix(format, 3, 1, 96);
    assertThat(open.read(device.load(stored))).isEqualTo(OpenDevice.read(host, host.load(stored)));
  }
}
