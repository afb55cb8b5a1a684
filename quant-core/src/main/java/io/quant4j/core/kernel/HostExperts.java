package io.quant4j.core.kernel;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import java.util.Arrays;
import java.util.List;

/**
 * Mixtures of experts on host memory. Tokens are grouped by expert, so that the products of a batch
 * stay products of matrices.
 *
 * @param kernels complete
 */
record HostExperts(HostKernels kernels, WorkSplit split) {

  HostExpertStack bind(List<TensorView> matrices) {
    TensorView first = matrices.getFirst();
    for (TensorView matrix : matrices) {
      if (!matrix.format().equals(first.format()) || !matrix.shape().equals(first.shape())) {
        throw new UnsupportedModelException(
            ErrorLocation.none(),
            "experts of one layer are stored as %s %s and %s %s"
                .formatted(first.format(), first.shape(), matrix.format(), matrix.shape()),
            "Convert the model so that the matrices of all experts have one format.");
      }
    }
    return new HostExpertStack(
        first.format(),
        Shape.of(matrices.size(), first.shape().rows(), first.shape().cols()),
        matrices.stream().map(TensorView::data).toList(),
        KernelTable.require(kernels.matMul(first.format()), "matMul " + first.format().name()));
  }

  HostExpertChoice choose(HostBuffer logits, int used, boolean normalized, int batch) {
    int count = logits.count() / batch;
    int[] experts = new int[batch * used];
    float[] weights = new float[batch * used];
    split.overRows(
        batch,
        count * used,
        b ->
            HostExpertChoice.choose(
                logits.data(),
                logits.offset() + b * count,
                count,
                used,
                normalized,
                experts,
                weights,
                b * used));
    return new HostExpertChoice(batch, used, count, experts, weights);
  }

  void matMul(HostExpertStack stack, HostExpertChoice choice, HostBuffer x, HostBuffer out) {
    int rows = stack.rows();
    Gathered gathered = Gathered.of(stack, choice, x);
    long bytes = choice.distinct() * stack.matrices().getFirst().byteSize();
    int chunkRows = split.chunkRows(rows, bytes, 1);
    split
        .team()
        .run(
            WorkSplit.chunks(rows, chunkRows),
            (chunk, thread) -> {
              int begin = chunk * chunkRows;
              gathered.multiplyAll(out, begin, Math.min(rows, begin + chunkRows));
            });
  }

  /**
   * Input and output rows in the order of the experts. Experts of a single token need neither, so
   * nothing is copied while text is generated.
   *
   * @param perToken input rows of one token: 1, or one for each of its experts
   * @param in (choice.rows(), cols)
   * @param products (choice.rows(), rows)
   */
  private record Gathered(
      HostExpertStack stack,
      HostExpertChoice choice,
      HostBuffer x,
      int perToken,
      float[] in,
      float[] products) {

    static Gathered of(HostExpertStack stack, HostExpertChoice choice, HostBuffer x) {
      int cols = stack.cols();
      int perToken = x.count() / (choice.batch() * cols);
      int gathered = choice.batch() == 1 ? 0 : choice.rows();
      Gathered g =
          new Gathered(
              stack,
              choice,
              x,
              perToken,
              new float[gathered * cols],
              new float[gathered * stack.rows()]);
      for (int place = 0; place < gathered; place++) {
        System.arraycopy(x.data(), g.input(place), g.in, place * cols, cols);
      }
      return g;
    }

    private int input(int place) {
      int row = choice.row(place);
      return x.offset() + (perToken == 1 ? row / choice.used() : row) * stack.cols();
    }

    /** Rows {@code begin <= r < end} of every expert's products. */
    void multiplyAll(HostBuffer out, int begin, int end) {
      for (int e = 0; e < stack.matrices().size(); e++) {
        int from = choice.start(e);
        int count = choice.start(e + 1) - from;
        if (count == 1) {
          multiplyOne(e, from, out, begin, end);
        } else if (count > 1) {
          multiply(e, from, count, out, begin, end);
        }
      }
    }

    private void multiplyOne(int expert, int place, HostBuffer out, int begin, int end) {
      int to = out.offset() + choice.row(place) * stack.rows();
      call(expert, x.data(), input(place), 1, out.data(), to, begin, end);
    }

    private void multiply(int expert, int from, int count, HostBuffer out, int begin, int end) {
      int rows = stack.rows();
      call(expert, in, from * stack.cols(), count, products, from * rows, begin, end);
      for (int place = from; place < from + count; place++) {
        int to = out.offset() + choice.row(place) * rows + begin;
        System.arraycopy(products, place * rows + begin, out.data(), to, end - begin);
      }
    }

    private void call(
        int expert, float[] from, int at, int batch, float[] to, int toAt, int begin, int end) {
      stack
          .matMul()
          .multiply(
              stack.matrices().get(expert),
              stack.cols(),
              from,
              at,
              batch,
              to,
              toAt,
              stack.rows(),
              begin,
              end);
    }
  }

  void mix(HostExpertChoice choice, HostBuffer x, HostBuffer out) {
    int dim = out.count() / choice.batch();
    int used = choice.used();
    split.overRows(
        choice.batch(),
        dim * used,
        b -> {
          int to = out.offset() + b * dim;
          Arrays.fill(out.data(), to, to + dim, 0f);
          for (int k = 0; k < used; k++) {
            int from = x.offset() + (b * used + k) * dim;
            float weight = choice.weight(b * used + k);
            for (int i = 0; i < dim; i++) {
              out.data()[to + i] += weight * x.data()[from + i];
            }
          }
        });
  }

  /** What an expert of all tokens says, by each token's gate. */
  void addGated(HostBuffer x, HostBuffer gate, HostBuffer y, int batch) {
    int dim = x.count() / batch;
    for (int b = 0; b < batch; b++) {
      float share = (float) (1 / (1 + Math.exp(-gate.data()[gate.offset() + b])));
      for (int i = b * dim; i < (b + 1) * dim; i++) {
        x.data()[x.offset() + i] += share * y.data()[y.offset() + i];
      }
    }
  }
}
