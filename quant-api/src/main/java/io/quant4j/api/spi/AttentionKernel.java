package io.quant4j.api.spi;

/** Causal attention over a cache of keys and values. */
@FunctionalInterface
public interface AttentionKernel {

  /**
   * Attention of units {@code unitBegin <= u < unitEnd}; unit {@code u} is token row {@code u /
   * kvHeads} with all query heads that read key/value head {@code u % kvHeads}. Row b attends to
   * positions {@code 0 .. firstPosition + b}.
   *
   * @param shape its window is 0; its soft cap too, unless the kernel is one for soft caps
   * @param query (batch, heads * headDim) from {@code queryOffset}
   * @param keys (context, kvHeads * headDim) from {@code keysOffset}
   * @param values (context, kvHeads * headDim) from {@code valuesOffset}
   * @param out (batch, heads * headDim) from {@code outOffset}
   */
  void attend(
      AttentionShape shape,
      float[] query,
      int queryOffset,
      float[] keys,
      int keysOffset,
      float[] values,
      int valuesOffset,
      int firstPosition,
      int unitBegin,
      int unitEnd,
      float[] out,
      int outOffset);
}
