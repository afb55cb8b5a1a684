package io.quant4j.core.calibrate;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.ExpertChoice;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.kernel.ThreadTeam;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

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
    return observed(super.bind(matrix), matrix, 1);
  }

  @Override
  public Weight bindExperts(List<TensorView> matrices) {
    return observed(super.bindExperts(matrices), matrices.getFirst(), matrices.size());
  }

  /**
   * @param first matrix of the weight
   */
  private Weight observed(Weight weight, TensorView first, int matrices) {
    names
        .roleOf(first)
        .flatMap(role -> sums.of(role, matrices, first.shape().cols()))
        .ifPresent(columns -> observed.put(weight, columns));
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

  @Override
  public void matMulExperts(Weight stack, ExpertChoice choice, Buffer x, Buffer out) {
    super.matMulExperts(stack, choice, x, out);
    ColumnSums into = observed.get(stack);
    if (into != null) {
      addExperts(into, choice, x);
    }
  }

  private void addExperts(ColumnSums into, ExpertChoice choice, Buffer x) {
    int cols = into.cols();
    int[] experts = choice.experts();
    float[] rows = host(x, (int) x.length());
    boolean rowPerExpert = x.length() > (long) choice.batch() * cols;
    for (int expert : experts) {
      into.count(expert, 1);
    }
    overColumns(
        cols,
        experts.length * cols,
        (begin, end) -> {
          for (int i = 0; i < experts.length; i++) {
            int row = rowPerExpert ? i : i / choice.used();
            into.addRow(experts[i], rows, row * cols, begin, end);
          }
        });
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
