package io.quant4j.kernels.cuda.op;

import io.quant4j.api.tensor.FormatId;
import io.quant4j.kernels.cuda.driver.Grid;
import io.quant4j.kernels.cuda.driver.Launcher;
import java.util.Locale;

/**
 * The kernels of compute capability 9.0 that multiply with a matrix, or with what is decoded of it.
 *
 * @param module with the kernels
 * @param type of the 16-bit floats in the kernels' names, empty where stored blocks are multiplied
 */
record WarpgroupMatrix(String module, String type) {
  private static final String MODULE = "gemm_wgmma";

  /** Columns of which the products with stored blocks want a multiple. */
  private static final int STORED_COLUMNS = 128;

  private static final int PANEL_COLUMNS = 64;
  private static final int PANEL_ROWS = 8;

  /** The kernels for a matrix; those for binary16 where it has to be decoded before. */
  static WarpgroupMatrix of(CudaWeight weight) {
    if (weight.module().endsWith("_mma") && weight.cols() % STORED_COLUMNS == 0) {
      String format = weight.stored().id().name().toLowerCase(Locale.ROOT);
      return new WarpgroupMatrix(MODULE + "_" + format, "");
    }
    return new WarpgroupMatrix(MODULE, weight.stored().is(FormatId.BF16) ? "bf16" : "f16");
  }

  /** Whether the matrix is multiplied as it is stored. */
  boolean takes(CudaWeight weight) {
    return isStored() || weight.stored().is(FormatId.F16) || weight.stored().is(FormatId.BF16);
  }

  boolean isStored() {
    return type.isEmpty();
  }

  /** Bytes of the input of so many rows. */
  static long panelBytes(long rows, int cols) {
    long padded = (rows + PANEL_ROWS - 1) / PANEL_ROWS * PANEL_ROWS;
    return padded * Geometry.ceil(cols, PANEL_COLUMNS) * PANEL_COLUMNS * Short.BYTES;
  }

  /** Begins the kernel that makes input. */
  Launcher rows(Work work) {
    return work.kernel(module, isStored() ? "rows_to_panels" : "rows_to_panels_" + type);
  }

  /** Begins a product. */
  Launcher product(Work work, String kind, int tile, Grid grid) {
    String middle = isStored() ? "" : type + "_";
    return work.kernel(module, kind + middle + tile, grid.sharedBytes());
  }
}
