package io.quant4j.kernels.cuda.op;

/** Mixtures of experts. Not thread-safe. */
final class Experts {
  private final Work work;
  private final WarpgroupExperts warpgroups;
  private final boolean exact;

  /**
   * Mixtures.
   *
   * @param exact whether products keep the precision of floats, the same for any number of tokens
   */
  Experts(Work work, boolean exact) {
    this.work = work;
    this.warpgroups = new WarpgroupExperts(work);
    this.exact = exact;
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
    int perToken = (int) (x.length() / ((long) choice.batch() * stack.cols()));
    if (!exact && choice.batch() > Products.FEW && warpgroups.take(stack)) {
      warpgroups.multiply(stack, choice, x, perToken == 1 ? choice.used() : 1, out);
      return;
    }
    work.kernel(stack.module(), "matvec_experts", stack.sharedBytes())
        .pointer(stack.data())
        .pointer(0)
        .longs(stack.blocks())
        .longs(0)
        .pointer(out.address())
        .ints(stack.rows())
        .pointer(x.address())
        .pointer(0)
        .floats(0)
        .ints(perToken)
        .ints(stack.cols())
        .pointer(choice.numbers())
        .ints(choice.used())
        .ints(0)
        .ints(exact ? 1 : 0)
        .pointer(stack.codebook())
        .launch(
            Geometry.products(
                stack.rows(),
                choice.batch() * choice.used(),
                1,
                work.mostRowBlocks(stack),
                stack.sharedBytes()));
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
