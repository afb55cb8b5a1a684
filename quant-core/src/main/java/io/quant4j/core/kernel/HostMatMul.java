package io.quant4j.core.kernel;

import io.quant4j.api.spi.AddKernel;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Weight;
import java.util.List;

/**
 * Products with matrices in host memory. Matrices that are multiplied with the same vectors are cut
 * into one list of chunks, and what follows a product is done with its rows while they are in the
 * cache, so that the threads of the team meet once for all of it.
 */
record HostMatMul(WorkSplit split, AddKernel add) {

  /** {@code gate = activation(gate) * up} on ranges of arrays. */
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
    overRows(
        weight,
        weight.rowBytes(),
        batch,
        (begin, end) -> weight.multiply(x, batch, out, begin, end));
  }

  /** The same for several matrices (rows of each, cols) and outputs (batch, rows). */
  void multiplyEach(List<Weight> weights, HostBuffer x, int batch, List<Buffer> outs) {
    long rows = 0;
    long bytes = 0;
    for (Weight weight : weights) {
      rows += ((HostWeight) weight).rows();
      bytes += ((HostWeight) weight).rows() * ((HostWeight) weight).rowBytes();
    }
    int chunkRows = split.chunkRows(rows, bytes, batch);
    int chunks = 0;
    for (Weight weight : weights) {
      chunks += WorkSplit.chunks(((HostWeight) weight).rows(), chunkRows);
    }
    split
        .team()
        .run(chunks, (chunk, thread) -> multiply(weights, chunk, chunkRows, x, batch, outs));
  }

  private static void multiply(
      List<Weight> weights, int chunk, int chunkRows, HostBuffer x, int batch, List<Buffer> outs) {
    int left = chunk;
    for (int i = 0; i < weights.size(); i++) {
      HostWeight weight = (HostWeight) weights.get(i);
      int own = WorkSplit.chunks(weight.rows(), chunkRows);
      if (left < own) {
        int begin = left * chunkRows;
        int end = Math.min(weight.rows(), begin + chunkRows);
        weight.multiply(x, batch, (HostBuffer) outs.get(i), begin, end);
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
    int rows = gate.rows();
    overRows(
        gate,
        gate.rowBytes() + up.rowBytes(),
        batch,
        (begin, end) -> {
          gate.multiply(x, batch, out, begin, end);
          up.multiply(x, batch, scratch, begin, end);
          for (int b = 0; b < batch; b++) {
            int at = b * rows + begin;
            activation.apply(
                out.data(), out.offset() + at, scratch.data(), scratch.offset() + at, end - begin);
          }
        });
  }

  void multiplyAdd(HostWeight weight, HostBuffer x, int batch, HostBuffer sum, HostBuffer scratch) {
    int rows = weight.rows();
    overRows(
        weight,
        weight.rowBytes(),
        batch,
        (begin, end) -> {
          weight.multiply(x, batch, scratch, begin, end);
          for (int b = 0; b < batch; b++) {
            int at = b * rows + begin;
            add.add(
                sum.data(), sum.offset() + at, scratch.data(), scratch.offset() + at, end - begin);
          }
        });
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
