package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.ExpertChoice;
import io.quant4j.api.spi.GateActivation;
import io.quant4j.api.spi.SequenceMemory;
import io.quant4j.api.tensor.TensorView;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fused products with many vectors beside those of the host. */
@Tag("emulation")
@Tag("gpu")
class CudaFusedProductsTest extends BesideHost {
  /** Rounding of both sides of a sum to 11 bits, with errors that add up as if independent. */
  private static final double HALF = 2e-3;

  @ParameterizedTest
  @CsvSource({
    "40, SILU, Q4_0, 128",
    "140, GELU, Q8_0, 256",
    "33, SILU, Q4_K, 256",
    "65, GELU, Q5_K, 512",
    "129, SILU, Q6_K, 256"
  })
  void matMulGated_ofManyVectors_isTheHosts(
      int batch, GateActivation activation, String format, int cols) {
    TensorView gate = matrix(format, 1, 70, cols);
    TensorView up = matrix(format, 2, 70, cols);
    float[] x = OpenDevice.gaussian(3, batch * cols);
    compare(
        HALF,
        format,
        operations -> {
          try (SequenceMemory memory = operations.newMemory()) {
            Buffer out = memory.allocate(batch * 70L);
            operations.matMulGated(
                operations.bind(gate),
                operations.bind(up),
                activation,
                operations.load(x),
                batch,
                out,
                memory.allocate(batch * 70L));
            return OpenDevice.read(operations, out);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "90, false, F16, 96, 150", "40, true, Q4_0, 256, 20", "200, false, Q8_0, 128, 37",
    "70, true, Q4_K, 256, 130", "30, false, Q5_K, 512, 3", "129, false, Q6_K, 256, 5",
    "33, true, Q4_1, 64, 9"
  })
  void matMulExperts_ofManyTokens_isTheHostsUpToHalfPrecision(
      int batch, boolean ownRows, String format, int cols, int rows) {
    int used = 3;
    List<TensorView> matrices = matrices(format, 5, rows, cols);
    float[] logits = OpenDevice.gaussian(7, batch * 5);
    float[] x = OpenDevice.gaussian(8, batch * cols * (ownRows ? used : 1));
    compare(
        HALF,
        format,
        operations -> {
          try (SequenceMemory memory = operations.newMemory()) {
            ExpertChoice choice =
                operations.chooseExperts(operations.load(logits), used, true, batch);
            Buffer out = memory.allocate((long) batch * used * rows);
            operations.matMulExperts(
                operations.bindExperts(matrices), choice, operations.load(x), out);
            return OpenDevice.read(operations, out);
          }
        });
  }
}
