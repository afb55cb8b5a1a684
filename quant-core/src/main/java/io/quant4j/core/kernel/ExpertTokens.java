package io.quant4j.core.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * One expert and the tokens that chose it. Vectors and results of several tokens are put side by
 * side; those of a single token stay where they are, so nothing is copied while text is generated.
 *
 * @param in (count, cols)
 * @param products (count, rows)
 * @param results row {@code i} of {@code products} belongs to row {@code results[i]} of out
 */
record ExpertTokens(
    HostWeight expert, HostBuffer in, HostBuffer products, HostBuffer out, int[] results) {

  /**
   * The experts that at least one token chose.
   *
   * @param x (tokens, cols), or a row for each token and expert of it
   * @param out (tokens, experts of each, rows)
   */
  static List<ExpertTokens> of(
      HostExpertStack stack, HostExpertChoice choice, HostBuffer x, HostBuffer out) {
    boolean shared = x.count() == choice.batch() * stack.cols();
    List<ExpertTokens> groups = new ArrayList<>();
    for (int e = 0; e < stack.experts().size(); e++) {
      int[] results = choice.rowsOf(e);
      if (results.length > 0) {
        int[] inputs = results.clone();
        for (int i = 0; shared && i < inputs.length; i++) {
          inputs[i] /= choice.used();
        }
        groups.add(of(stack.experts().get(e), x, inputs, out, results));
      }
    }
    return groups;
  }

  private static ExpertTokens of(
      HostWeight expert, HostBuffer x, int[] inputs, HostBuffer out, int[] results) {
    int cols = expert.cols();
    int rows = expert.rows();
    if (inputs.length == 1) {
      return new ExpertTokens(
          expert,
          x.slice((long) inputs[0] * cols, cols),
          out.slice((long) results[0] * rows, rows),
          out,
          results);
    }
    HostBuffer in = new HostBuffer(new float[inputs.length * cols]);
    for (int i = 0; i < inputs.length; i++) {
      System.arraycopy(x.data(), x.offset() + inputs[i] * cols, in.data(), i * cols, cols);
    }
    return new ExpertTokens(
        expert, in, new HostBuffer(new float[results.length * rows]), out, results);
  }

  Preparation.Input input() {
    return new Preparation.Input(List.of(expert), in, results.length);
  }

  /** Rows {@code begin <= r < end} of the products. */
  void multiply(HostVectors vectors, int begin, int end) {
    vectors.multiply(expert, products, begin, end);
    for (int i = 0; results.length > 1 && i < results.length; i++) {
      int from = products.offset() + i * expert.rows() + begin;
      int to = out.offset() + results[i] * expert.rows() + begin;
      System.arraycopy(products.data(), from, out.data(), to, end - begin);
    }
  }
}
