package io.quant4j.kernels.cuda.op;

/** Mixtures of experts. Not thread-safe. */
final class Experts {
  /** Blocks of a grid in its second direction. */
  private static final int MOST_SLOTS = 65_535;

  private final Work work;

  Experts(Work work) {
    this.work = work;
  }

  void choose(CudaBuffer logits, boolean normalized, CudaExpertChoice choice) {
    work.kernel("experts", "choose")
        .pointer(logits.address())
        .ints((int) (logits.length() / choice.batch()))
        .ints(choice.used())
        .ints(normalized ? 1 : 0)
        .pointer(choice.numbers())
        .pointer(choice.weights())
        .launch(Geometry.choice(choice.batch()));
  }

  void multiply(CudaWeight stack, CudaExpertChoice choice, CudaBuffer x, CudaBuffer out) {
    int cols = stack.cols();
    int perToken = (int) (x.length() / ((long) choice.batch() * cols));
    int most = MOST_SLOTS / choice.used();
    for (int first = 0; first < choice.batch(); first += most) {
      int slot = first * choice.used();
      int slots = Math.min(most, choice.batch() - first) * choice.used();
      work.kernel(stack.stored().module(), "matvec_experts")
          .pointer(stack.data())
          .pointer(0)
          .longs(stack.blocks())
          .longs(0)
          .pointer(out.address() + (long) slot * stack.rows() * Float.BYTES)
          .ints(stack.rows())
          .pointer(x.address() + (long) first * perToken * cols * Float.BYTES)
          .pointer(0)
          .floats(0)
          .ints(perToken)
          .ints(cols)
          .pointer(choice.numbers() + (long) slot * Integer.BYTES)
          .ints(choice.used())
          .ints(0)
          .pointer(stack.codebook())
          .launch(Geometry.expertProducts(stack.rows(), slots));
    }
  }

  void mix(CudaExpertChoice choice, CudaBuffer x, CudaBuffer out) {
    int dim = (int) (out.length() / choice.batch());
    work.kernel("experts", "mix")
        .pointer(choice.numbers())
        .pointer(choice.weights())
        .pointer(x.address())
        .ints(choice.used())
        .ints(dim)
        .ints(0)
        .pointer(out.address())
        .launch(Geometry.mixture(dim, choice.batch()));
  }
}
