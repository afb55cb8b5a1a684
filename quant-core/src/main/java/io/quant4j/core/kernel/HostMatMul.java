package io.quant4j.core.kernel;

import io.quant4j.api.spi.AddKernel;
import io.quant4j.api.spi.Buffer;
import java.util.List;

/**
 * Products with matrices in host memory. Matrices that are multiplied with the same vectors are cut
 * into one list of chunks, and what follows a product is done with its rows while they are in the
 * cache, so that the threads of the team meet once for all of it, and once before it where kernels
 * want the vectors prepared.
 */
record HostMatMul(WorkSplit split, AddKernel add, Preparation preparation) {

  /** Such as {@code gate = activation(gate) * up}, on ranges of arrays. */
  @FunctionalInterface
  interface Gate {
    void apply(float[] gate, int gateOffset, float[] up, int upOffset, int count);
  }

  /** What is done with rows {@code begin <= r < end} of every product. */
  @FunctionalInterface
  private interface RowRange {
    void run(int begin, int end);
  }

  void multiply(HostWeight weight, HostBuffer x, int batch, HostBuffer out) {
    preparation.with(
        List.of(weight),
        x,
        batch,
        vectors ->
            overRows(
                weight,
                weight.rowBytes(),
                batch,
                (begin, end) -> vectors.multiply(weight, out, begin, end)));
  }

  /** The same for several matrices (rows of each, cols) and outputs (batch, rows). */
  void multiplyEach(List<HostWeight> weights, HostBuffer x, int batch, List<Buffer> outs) {
    long rows = 0;
    long bytes = 0;
    for (HostWeight weight : weights) {
      rows += weight.rows();
      bytes += weight.rows() * weight.rowBytes();
    }
    int chunkRows = split.chunkRows(rows, bytes, batch);
    int chunks = 0;
    for (HostWeight weight : weights) {
      chunks += WorkSplit.chunks(weight.rows(), chunkRows);
    }
    int all = chunks;
    preparation.with(
        weights,
        x,
        batch,
        vectors ->
            split
                .team()
                .run(all, (chunk, thread) -> multiply(weights, chunk, chunkRows, vectors, outs)));
  }

  private static void multiply(
      List<HostWeight> weights, int chunk, int chunkRows, HostVectors vectors, List<Buffer> outs) {
    int left = chunk;
    for (int i = 0; i < weights.size(); i++) {
      HostWeight weight = weights.get(i);
      int own = WorkSplit.chunks(weight.rows(), chunkRows);
      if (left < own) {
        int begin = left * chunkRows;
        int end = Math.min(weight.rows(), begin + chunkRows);
        vectors.multiply(weight, (HostBuffer) outs.get(i), begin, end);
        return;
      }
      left -= own;
    }
  }

  void multiplyGated(
      HostWeight gate,
      HostWeight up,
      Gate activation,
      HostBuffer x,
      int batch,
      HostBuffer out,
      HostBuffer scratch) {
    preparation.with(
        List.of(gate, up),
        x,
        batch,
        vectors ->
            overRows(
                gate,
                gate.rowBytes() + up.rowBytes(),
                batch,
                (begin, end) -> {
                  vectors.multiply(gate, out, begin, end);
                  vectors.multiply(up, scratch, begin, end);
                  applyToRows(activation, gate.rows(), batch, out, scratch, begin, end);
                }));
  }

  void multiplyAdd(HostWeight weight, HostBuffer x, int batch, HostBuffer sum, HostBuffer scratch) {
    preparation.with(
        List.of(weight),
        x,
        batch,
        vectors ->
            overRows(
                weight,
                weight.rowBytes(),
                batch,
                (begin, end) -> {
                  vectors.multiply(weight, scratch, begin, end);
                  applyToRows(add::add, weight.rows(), batch, sum, scratch, begin, end);
                }));
  }

  /** Combines rows {@code begin <= r < end} of two results, (batch, rows) each. */
  private static void applyToRows(
      Gate operation, int rows, int batch, HostBuffer to, HostBuffer from, int begin, int end) {
    for (int b = 0; b < batch; b++) {
      int at = b * rows + begin;
      operation.apply(to.data(), to.offset() + at, from.data(), from.offset() + at, end - begin);
    }
  }

  private void overRows(HostWeight weight, long rowBytes, int batch, RowRange action) {
    int rows = weight.rows();
    int chunkRows = split.chunkRows(rows, rows * rowBytes, batch);
    split
        .team()
        .run(
            WorkSplit.chunks(rows, chunkRows),
            (chunk, thread) -> {
              int begin = chunk * chunkRows;
              action.run(begin, Math.min(rows, begin + chunkRows));
            });
  }
}
