package io.quant4j.kernels.cuda.op;

import io.quant4j.kernels.cuda.driver.Grid;
import io.quant4j.kernels.cuda.op.Products.Input;
import io.quant4j.kernels.cuda.op.Products.Mode;
import io.quant4j.kernels.cuda.op.Scratch.Use;
import io.quant4j.kernels.cuda.op.WarpgroupMatrix.Call;

/**
 * Products with many vectors on the tensor cores of compute capability 9.0, which multiply for four
 * warps at once. Matrices of the commonest formats are decoded on the way, others before. Not
 * thread-safe.
 */
final class WarpgroupProducts {
  private final Work work;
  private final DecodedRows decoded;

  WarpgroupProducts(Work work, DecodedRows decoded) {
    this.work = work;
    this.decoded = decoded;
  }

  /** Whether two matrices take the same 16-bit rows. */
  static boolean sameRows(CudaWeight a, CudaWeight b) {
    return WarpgroupMatrix.of(a).equals(WarpgroupMatrix.of(b));
  }

  /**
   * Queues a product.
   *
   * @param converted whether the product before this one took the same 16-bit rows
   */
  void product(CudaWeight weight, Input in, CudaBuffer out, Mode mode, boolean converted) {
    WarpgroupMatrix kernels = WarpgroupMatrix.of(weight);
    int cols = weight.cols();
    Call call = call(weight, in, out.address(), mode, converted);
    if (kernels.takes(weight)) {
      multiply(kernels, call, weight.data(), weight.blocks(), weight.rows(), cols);
    } else {
      decoded.each(
          weight,
          true,
          (rows, first, count) -> multiply(kernels, part(call, first), rows, 0, count, cols));
    }
  }

  /**
   * Queues {@code out = activation(gate . x) * (up . x)}, if there are kernels for these.
   *
   * @return whether there are
   */
  boolean gated(CudaWeight gate, CudaWeight up, Input in, CudaBuffer out, Mode mode) {
    WarpgroupMatrix kernels = WarpgroupMatrix.of(gate);
    if (!sameRows(gate, up) || !kernels.takes(gate) || !kernels.takes(up)) {
      return false;
    }
    Call call = call(gate, in, out.address(), mode, false);
    int tile = tile(in.batch(), 2 * gate.rows());
    Grid grid = Geometry.warpgroupPairs(in.batch(), gate.rows(), tile, kernels.isStored());
    kernels.multiply(
        work, call, gate.data(), up.data(), gate.blocks(), gate.rows(), gate.cols(), tile, grid);
    return true;
  }

  /** Makes 16-bit rows of the input, and says where they are. */
  private Call call(CudaWeight weight, Input in, long out, Mode mode, boolean converted) {
    int cols = weight.cols();
    long panels = work.scratch().take(Use.ROWS_16, WarpgroupMatrix.panelBytes(in.batch(), cols));
    long scales = work.scratch().take(Use.ROW_SCALES, (long) in.batch() * Float.BYTES);
    if (!converted) {
      WarpgroupMatrix.of(weight)
          .rows(work)
          .pointer(in.x())
          .pointer(in.gain())
          .floats(in.epsilon())
          .ints(cols)
          .pointer(0)
          .ints(1)
          .pointer(panels)
          .pointer(scales)
          .launch(Geometry.panelRows(in.batch()));
    }
    return new Call(panels, scales, in.batch(), 0, 0, out, weight.rows(), mode);
  }

  /** The same for the rows of the matrix from one on. */
  private static Call part(Call whole, int first) {
    return new Call(
        whole.panels(),
        whole.scales(),
        whole.rows(),
        0,
        0,
        whole.out() + (long) first * Float.BYTES,
        whole.ldo(),
        whole.mode());
  }

  private void multiply(
      WarpgroupMatrix kernels, Call call, long matrix, long blocks, int rows, int cols) {
    int tile = tile(call.rows(), rows);
    Grid grid = Geometry.warpgroupProducts(call.rows(), rows, tile, kernels.isStored());
    kernels.multiply(work, call, matrix, 0, blocks, rows, cols, tile, grid);
  }

  private int tile(int batch, int rows) {
    return Geometry.warpgroupTile(batch, rows, work.context().facts().multiprocessors());
  }
}
