package io.quant4j.core.kernel;

import java.util.Arrays;
import java.util.List;

/**
 * Mixtures of experts on host memory. Tokens are grouped by expert, so that the products of a batch
 * stay products of matrices.
 */
record HostExperts(WorkSplit split, Preparation preparation) {

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
    List<ExpertTokens> groups = ExpertTokens.of(stack, choice, x, out);
    long all = (long) groups.size() * rows;
    int chunkRows = split.chunkRows(all, all * stack.experts().getFirst().rowBytes(), 1);
    int own = WorkSplit.chunks(rows, chunkRows);
    preparation.with(
        groups.stream().map(ExpertTokens::input).toList(),
        vectors ->
            split
                .team()
                .run(
                    groups.size() * own,
                    (chunk, thread) -> {
                      int group = chunk / own;
                      int begin = chunk % own * chunkRows;
                      int end = Math.min(rows, begin + chunkRows);
                      groups.get(group).multiply(vectors.get(group), begin, end);
                    }));
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
