package io.quant4j.core.calibrate;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.kernel.ThreadTeam;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Operations that keep sums of squares of what is multiplied with weights. For one sequence at a
 * time.
 */
final class ObservedOperations extends ForwardingOperations {
  /** Squares below which waking the team costs more than it brings. */
  private static final int SMALL = 65_536;

  /** Columns of a cache line of sums; threads do not share one. */
  private static final int GRANULE = 8;

  private final NamedWeights names;
  private final ImportanceSums sums;
  private final ThreadTeam team;
  private final Map<Weight, ColumnSums> observed = new IdentityHashMap<>();
  private float[] activations = new float[0];

  ObservedOperations(Operations target, ThreadTeam team, NamedWeights names, ImportanceSums sums) {
    super(target);
    this.team = team;
    this.names = names;
    this.sums = sums;
  }

  @Override
  public Weight bind(TensorView matrix) {
    Weight weight = super.bind(matrix);
    Optional<ColumnSums> wanted =
        names.roleOf(matrix).flatMap(role -> sums.of(role, 1, matrix.shape().cols()));
    wanted.ifPresent(column -> observed.put(weight, column));
    return weight;
  }

  @Override
  public void matMul(Weight weight, Buffer x, int batch, Buffer out) {
    super.matMul(weight, x, batch, out);
    ColumnSums into = observed.get(weight);
    if (into != null) {
      int cols = into.cols();
      float[] rows = host(x, batch * cols);
      into.count(0, batch);
      overColumns(cols, batch * cols, (begin, end) -> into.addSquares(0, rows, batch, begin, end));
    }
  }

  private float[] host(Buffer x, int elements) {
    if (activations.length < elements) {
      activations = new float[elements];
    }
    target.read(x, 0, activations, 0, elements);
    return activations;
  }

  @FunctionalInterface
  private interface ColumnRange {
    void add(int begin, int end);
  }

  private void overColumns(int cols, int work, ColumnRange range) {
    if (work < SMALL) {
      range.add(0, cols);
      return;
    }
    team.run((worker, workers) -> {
      int begin = ThreadTeam.begin(cols, GRANULE, worker, workers);
      int end = ThreadTeam.begin(cols, GRANULE, worker + 1, workers);
      if (begin < end) {
        range.add(begin, end);
      }
    });
  }
}
