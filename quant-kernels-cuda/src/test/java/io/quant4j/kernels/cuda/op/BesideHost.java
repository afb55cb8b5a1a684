package io.quant4j.kernels.cuda.op;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.discovery.Extensions;
import io.quant4j.core.kernel.HostOperations;
import io.quant4j.core.kernel.ScalarBackend;
import io.quant4j.core.kernel.ThreadTeam;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** A device, and the scalar kernels on the host that do the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BesideHost {
  final OpenDevice open = new OpenDevice();
  final Operations device = open.operations();
  private final ThreadTeam team = new ThreadTeam(1);
  final Operations host = new HostOperations(ScalarBackend.kernels(), team);

  @AfterAll
  void close() {
    open.close();
    team.close();
  }

  static BlockFormat format(String name) {
    return Extensions.installed().format(new FormatId(name), ErrorLocation.none());
  }

  /** A matrix of normally distributed numbers. */
  static TensorView matrix(String format, long seed, int rows, int cols) {
    byte[] bytes = new byte[(int) (format(format).byteSize(cols) * rows)];
    float[] ones = new float[cols];
    Arrays.fill(ones, 1);
    for (int r = 0; r < rows; r++) {
      float[] row = OpenDevice.gaussian(seed * 1_000 + r, cols);
      format(format)
          .encode(
              row,
              0,
              cols,
              format(format).requiresImportance() ? ones : null,
              MemorySegment.ofArray(bytes),
              r * format(format).byteSize(cols));
    }
    return new TensorView(new FormatId(format), Shape.of(rows, cols), MemorySegment.ofArray(bytes));
  }

  static List<TensorView> matrices(String format, int count, int rows, int cols) {
    List<TensorView> matrices = new ArrayList<>();
    for (int e = 0; e < count; e++) {
      matrices.add(matrix(format, 100 + e, rows, cols));
    }
    return matrices;
  }

  /** Holds what a device gives against what the host gives. */
  void compare(double relative, String what, Function<Operations, float[]> action) {
    OpenDevice.assertClose(action.apply(device), action.apply(host), relative, what);
  }
}
