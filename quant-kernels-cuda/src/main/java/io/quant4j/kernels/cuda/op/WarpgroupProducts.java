package io.quant4j.kernels.cuda.op;

import io.quant4j.api.tensor.FormatId;
import io.quant4j.kernels.cuda.driver.Grid;
import io.quant4j.kernels.cuda.op.Products.Input;
import io.quant4j.kernels.cuda.op.Products.Mode;
import io.quant4j.kernels.cuda.op.Scratch.Use;
import java.util.Locale;

/**
 * Products with many vectors on the tensor cores of compute capability 9.0, which multiply for four
 * warps at once. Matrices of the commonest formats are decoded on the way, others before. Not
 * thread-safe.
 */
final class WarpgroupProducts {
  private static final String MODULE = "gemm_wgmma";

  /** Columns of which the products with stored blocks want a multiple. */
  private static final int STORED_COLUMNS = 128;

  private static final int PANEL_COLUMNS = 64;
  private static final int PANEL_ROWS = 8;

  private final Work work;
  private final DecodedRows decoded;

  WarpgroupProducts(Work work, DecodedRows decoded) {
    this.work = work;
    this.decoded = decoded;
  }

  /** Where a product's results go. */
  private record Target(long out, int ldo, int batch, Mode mode) {}

  /** Whether stored blocks are multiplied. */
  private static boolean isStored(CudaWeight weight) {
    return weight.module().endsWith("_mma") && weight.cols() % STORED_COLUMNS == 0;
  }

  private static ColumnOrder order(CudaWeight weight) {
    return isStored(weight) ? ColumnOrder.of(weight.stored().id()) : ColumnOrder.NATURAL;
  }

  private static boolean isBrain(CudaWeight weight) {
    return weight.stored().is(FormatId.BF16);
  }

  /** Whether two matrices take the same 16-bit rows. */
  static boolean sameRows(CudaWeight a, CudaWeight b) {
    return isBrain(a) == isBrain(b) && order(a) == order(b);
  }

  /**
   * Queues a product.
   *
   * @param converted whether the product before this one took the same 16-bit rows
   */
  void product(CudaWeight weight, Input in, CudaBuffer out, Mode mode, boolean converted) {
    int cols = weight.cols();
    long panels = work.scratch().take(Use.ROWS_16, panelBytes(in.batch(), cols));
    long scales = work.scratch().take(Use.ROW_SCALES, (long) in.batch() * Float.BYTES);
    String type = isBrain(weight) ? "bf16" : "f16";
    if (!converted) {
      work.kernel(MODULE, "rows_to_panels_" + type)
          .pointer(in.x())
          .pointer(in.gain())
          .floats(in.epsilon())
          .ints(cols)
          .ints(order(weight).packed())
          .pointer(panels)
          .pointer(scales)
          .launch(Geometry.rows(in.batch()));
    }
    Target target = new Target(out.address(), weight.rows(), in.batch(), mode);
    if (isStored(weight)) {
      stored(weight, panels, scales, target);
    } else if (weight.stored().is(FormatId.F16) || isBrain(weight)) {
      floats(type, weight.data(), weight.rows(), cols, panels, scales, target);
    } else {
      decoded.each(
          weight,
          true,
          (rows, first, count) ->
              floats(type, rows, count, cols, panels, scales, part(target, first)));
    }
  }

  private static Target part(Target whole, int first) {
    return new Target(whole.out + (long) first * Float.BYTES, whole.ldo, whole.batch, whole.mode);
  }

  private static long panelBytes(int batch, int cols) {
    long rows = (long) Geometry.ceil(batch, PANEL_ROWS) * PANEL_ROWS;
    return rows * Geometry.ceil(cols, PANEL_COLUMNS) * PANEL_COLUMNS * Short.BYTES;
  }

  private void stored(CudaWeight weight, long panels, long scales, Target to) {
    int tile = tile(to.batch, weight.rows());
    Grid grid = Geometry.warpgroupProducts(to.batch, weight.rows(), tile, true);
    String module = MODULE + "_" + weight.stored().id().name().toLowerCase(Locale.ROOT);
    work.kernel(module, "gemm_" + tile, grid.sharedBytes())
        .pointer(panels)
        .pointer(scales)
        .pointer(weight.data())
        .longs(weight.blocks())
        .ints(to.batch)
        .ints(weight.rows())
        .ints(weight.cols())
        .pointer(to.out)
        .ints(to.ldo)
        .pointer(0)
        .ints(to.mode.number())
        .launch(grid);
  }

  private void floats(
      String type, long matrix, int rows, int cols, long panels, long scales, Target to) {
    int tile = tile(to.batch, rows);
    Grid grid = Geometry.warpgroupProducts(to.batch, rows, tile, false);
    work.kernel(MODULE, "gemm_" + type + "_" + tile, grid.sharedBytes())
        .pointer(panels)
        .pointer(scales)
        .pointer(matrix)
        .ints(to.batch)
        .ints(rows)
        .ints(cols)
        .ints(cols)
        .pointer(to.out)
        .ints(to.ldo)
        .pointer(0)
        .ints(to.mode.number())
        .launch(grid);
  }

  private int tile(int batch, int rows) {
    return Geometry.warpgroupTile(batch, rows, work.context().facts().multiprocessors());
  }
}
