package io.quant4j.kernels.cuda.op;

import io.quant4j.kernels.cuda.driver.Grid;
import io.quant4j.kernels.cuda.driver.Launcher;
import io.quant4j.kernels.cuda.op.Products.Input;
import io.quant4j.kernels.cuda.op.Products.Mode;
import io.quant4j.kernels.cuda.op.Scratch.Use;

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

  /** What the products with parts of a matrix share. */
  private record Call(
      WarpgroupMatrix kernels,
      long panels,
      long scales,
      int batch,
      int cols,
      long out,
      int ldo,
      Mode mode) {}

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
    long panels = work.scratch().take(Use.ROWS_16, WarpgroupMatrix.panelBytes(in.batch(), cols));
    long scales = work.scratch().take(Use.ROW_SCALES, (long) in.batch() * Float.BYTES);
    if (!converted) {
      kernels
          .rows(work)
          .pointer(in.x())
          .pointer(in.gain())
          .floats(in.epsilon())
          .ints(cols)
          .pointer(0)
          .ints(1)
          .pointer(panels)
          .pointer(scales)
          .launch(Geometry.rows(in.batch()));
    }
    Call call =
        new Call(kernels, panels, scales, in.batch(), cols, out.address(), weight.rows(), mode);
    if (kernels.takes(weight)) {
      multiply(call, weight.data(), weight.blocks(), 0, weight.rows());
    } else {
      decoded.each(weight, true, (rows, first, count) -> multiply(call, rows, 0, first, count));
    }
  }

  /** Multiplies with rows {@code first} to {@code first + rows} of the matrix. */
  private void multiply(Call call, long matrix, long blocks, int first, int rows) {
    int tile = Geometry.warpgroupTile(call.batch, rows, work.context().facts().multiprocessors());
    boolean stored = call.kernels.isStored();
    Grid grid = Geometry.warpgroupProducts(call.batch, rows, tile, stored);
    Launcher launch =
        call.kernels
            .product(work, "gemm_", tile, grid)
            .pointer(call.panels)
            .pointer(call.scales)
            .pointer(matrix);
    if (stored) {
      launch.longs(blocks);
    }
    launch.ints(call.batch).ints(rows).ints(call.cols);
    if (!stored) {
      launch.ints(call.cols);
    }
    launch
        .pointer(call.out + (long) first * Float.BYTES)
        .ints(call.ldo)
        .pointer(0)
        .ints(call.mode.number())
        .launch(grid);
  }
}
