package io.quant4j.kernels.cuda.op;

import io.quant4j.kernels.cuda.driver.Grid;
import io.quant4j.kernels.cuda.op.Products.Mode;
import io.quant4j.kernels.cuda.op.Scratch.Use;
import io.quant4j.kernels.cuda.op.WarpgroupMatrix.Call;

/**
 * Products of many tokens with the matrices of their experts: the tokens of an expert are put side
 * by side and multiplied together. Not thread-safe.
 */
final class WarpgroupExperts {
  private static final int MOST_EXPERTS = 1_024;
  private static final int TILE_BYTES = 16;

  /** Rows by which those of an expert are padded at most. */
  private static final int PADDING = 7;

  private final Work work;

  WarpgroupExperts(Work work) {
    this.work = work;
  }

  /** Whether there are kernels for a stack. */
  boolean take(CudaWeight stack) {
    return work.hasWarpgroupProducts()
        && stack.cols() % Products.TENSOR_COLUMNS == 0
        && stack.cols() > 0
        && experts(stack) <= MOST_EXPERTS
        && WarpgroupMatrix.of(stack).takes(stack);
  }

  private static int experts(CudaWeight stack) {
    return Math.toIntExact(stack.shape().sizes().getFirst());
  }

  /**
   * Queues the products.
   *
   * @param share how many slots one after the other have the same row of x
   */
  void multiply(
      CudaWeight stack, CudaExpertChoice choice, CudaBuffer x, int share, CudaBuffer out) {
    int experts = experts(stack);
    int slots = choice.batch() * choice.used();
    int rows = Geometry.ceil(slots + (long) PADDING * experts, PADDING + 1) * (PADDING + 1);
    int tile = Geometry.expertTile(slots, experts);
    int tiles = slots / tile + experts;
    long places = work.scratch().take(Use.EXPERT_PLACES, (long) rows * Integer.BYTES);
    long list = work.scratch().take(Use.EXPERT_TILES, (long) tiles * TILE_BYTES);
    long panels = work.scratch().take(Use.ROWS_16, WarpgroupMatrix.panelBytes(rows, stack.cols()));
    long scales = work.scratch().take(Use.ROW_SCALES, (long) rows * Float.BYTES);
    work.kernel("gemm_wgmma", "expert_tiles")
        .pointer(choice.numbers())
        .ints(slots)
        .ints(tile)
        .pointer(places)
        .ints(rows)
        .pointer(list)
        .ints(tiles)
        .launch(Grid.of(1, MOST_EXPERTS));
    WarpgroupMatrix kernels = WarpgroupMatrix.of(stack);
    kernels
        .rows(work)
        .pointer(x.address())
        .pointer(0)
        .floats(0)
        .ints(stack.cols())
        .pointer(places)
        .ints(share)
        .pointer(panels)
        .pointer(scales)
        .launch(Geometry.panelRows(rows));
    Call call = new Call(panels, scales, rows, list, places, out.address(), stack.rows(), Mode.SET);
    Grid grid = Geometry.warpgroupTiles(tiles, stack.rows(), tile, kernels.isStored());
    kernels.multiply(
        work, call, stack.data(), 0, stack.blocks(), stack.rows(), stack.cols(), tile, grid);
  }
}
