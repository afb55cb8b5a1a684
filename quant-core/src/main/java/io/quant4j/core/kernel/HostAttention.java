package io.quant4j.core.kernel;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.AttentionShape;

/**
 * Attention on host memory. Kernels know nothing of windows: a row with one gets the keys and
 * values from the window's first position on.
 *
 * @param plain kernel without soft caps
 * @param capped kernel with soft caps
 */
record HostAttention(AttentionKernel plain, AttentionKernel capped, ThreadTeam team) {

  void attend(
      AttentionShape shape,
      HostBuffer q,
      HostCache cache,
      int firstPosition,
      int batch,
      HostBuffer out) {
    AttentionKernel kernel = shape.softCap() > 0 ? capped : plain;
    AttentionShape unlimited = shape.window() == 0 ? shape : shape.withWindow(0);
    boolean cut = shape.window() > 0 && firstPosition + batch > shape.window();
    int units = batch * shape.kvHeads();
    team.run((worker, workers) -> {
      int begin = ThreadTeam.begin(units, 1, worker, workers);
      int end = ThreadTeam.begin(units, 1, worker + 1, workers);
      if (begin < end && cut) {
        windows(kernel, unlimited, shape.window(), q, cache, firstPosition, begin, end, out);
      } else if (begin < end) {
        kernel.attend(
            unlimited,
            q.data(),
            q.offset(),
            cache.keys(),
            0,
            cache.values(),
            0,
            firstPosition,
            begin,
            end,
            out.data(),
            out.offset());
      }
    });
  }

  private static void windows(
      AttentionKernel kernel,
      AttentionShape shape,
      int window,
      HostBuffer q,
      HostCache cache,
      int firstPosition,
      int begin,
      int end,
      HostBuffer out) {
    int kvHeads = shape.kvHeads();
    for (int row = begin / kvHeads; row * kvHeads < end; row++) {
      int position = firstPosition + row;
      int first = Math.max(0, position - window + 1);
      kernel.attend(
          shape,
          q.data(),
          q.offset() + row * shape.queryDim(),
          cache.keys(),
          first * shape.kvDim(),
          cache.values(),
          first * shape.kvDim(),
          position - first,
          Math.max(begin - row * kvHeads, 0),
          Math.min(end - row * kvHeads, kvHeads),
          out.data(),
          out.offset() + row * shape.queryDim());
    }
  }
}
