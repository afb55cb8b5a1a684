package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.kernels.cuda.driver.Launcher;
import io.quant4j.kernels.cuda.op.Scratch.Use;
import java.util.ArrayList;
import java.util.List;

/**
 * Products with matrices. Few vectors are multiplied with the blocks as they are stored, so that
 * the matrix is read once and nothing else is; for many, rows of the matrix are decoded to 16-bit
 * floats for the tensor cores. Not thread-safe.
 */
final class Products {
  /** Columns of which the tensor products want a multiple. */
  static final int TENSOR_COLUMNS = 32;

  /** Vectors up to which stored blocks are multiplied: reading them again is cheaper. */
  static final int FEW = 24;

  /** The same for matrices that the tensor cores take as they are. */
  private static final int FEW_NATIVE = 4;

  /** What becomes of a product. */
  enum Mode {
    SET(0),
    ADD(1),
    SILU_GATE(2),
    GELU_GATE(3);

    private final int number;

    Mode(int number) {
      this.number = number;
    }

    /** As the kernels take it. */
    int number() {
      return number;
    }
  }

  /**
   * The vectors to multiply.
   *
   * @param x address of (batch, cols)
   * @param gain address of (cols) with which they are normalized first, or 0
   */
  record Input(long x, int batch, long gain, float epsilon) {

    static Input of(Buffer x, int batch) {
      return new Input(CudaBuffer.address(x), batch, 0, 0);
    }

    Input normalizedBy(Buffer by, float withEpsilon) {
      return new Input(x, batch, CudaBuffer.address(by), withEpsilon);
    }
  }

  private final Work work;
  private final DecodedRows decoded;
  private final WarpgroupProducts warpgroups;
  private final boolean exact;

  /**
   * Products.
   *
   * @param exact whether products keep the precision of floats, the same for any number of vectors
   */
  Products(Work work, Weights weights, boolean exact) {
    this.work = work;
    this.decoded = new DecodedRows(work, weights);
    this.warpgroups = new WarpgroupProducts(work, decoded);
    this.exact = exact;
  }

  /** Products with several matrices: outs[i] (batch, rows of weight i). */
  void each(List<CudaWeight> matrices, Input in, List<CudaBuffer> outs) {
    List<CudaWeight> many = new ArrayList<>();
    List<CudaBuffer> manyOuts = new ArrayList<>();
    int i = 0;
    while (i < matrices.size()) {
      int end = i + 1;
      while (end < Math.min(matrices.size(), i + 3)
          && matrices.get(end).stored().equals(matrices.get(i).stored())) {
        end++;
      }
      if (isFew(matrices.get(i), in.batch)) {
        few(matrices.subList(i, end), in, outs.subList(i, end), Mode.SET);
      } else {
        many.addAll(matrices.subList(i, end));
        manyOuts.addAll(outs.subList(i, end));
      }
      i = end;
    }
    many(many, in, manyOuts, Mode.SET);
  }

  /** {@code sum += weight . x}. */
  void add(CudaWeight weight, Input in, CudaBuffer sum) {
    if (isFew(weight, in.batch)) {
      few(List.of(weight), in, List.of(sum), Mode.ADD);
    } else {
      many(List.of(weight), in, List.of(sum), Mode.ADD);
    }
  }

  /**
   * {@code out = activation(gate . x) * (up . x)} in one launch, if there is one for these.
   *
   * @return whether there is
   */
  boolean gated(Weight gate, Weight up, Mode mode, Input in, CudaBuffer out) {
    CudaWeight first = (CudaWeight) gate;
    CudaWeight second = (CudaWeight) up;
    if (!isFew(first, in.batch)) {
      return isTensor(first)
          && isTensor(second)
          && work.hasWarpgroupProducts()
          && warpgroups.gated(first, second, in, out, mode);
    }
    if (!first.stored().equals(second.stored())) {
      return false;
    }
    few(List.of(first, second), in, List.of(out), mode);
    return true;
  }

  private static boolean isNative(CudaWeight weight) {
    return weight.stored().is(FormatId.F16) || weight.stored().is(FormatId.BF16);
  }

  private boolean isFew(CudaWeight weight, int batch) {
    if (exact) {
      return !roundsInput(weight);
    }
    return batch <= (isNative(weight) || weight.stored().is(FormatId.F32) ? FEW_NATIVE : FEW);
  }

  /** Whether the kernels of few vectors take the input in 16 bits, which exact products may not. */
  private static boolean roundsInput(CudaWeight weight) {
    return weight.sharedBytes() > 0;
  }

  /** Vectors that a block multiplies at once. */
  private static int vectors(int batch) {
    return batch == 1 ? 1 : batch == 2 ? 2 : 4;
  }

  private void few(List<CudaWeight> matrices, Input in, List<CudaBuffer> outs, Mode mode) {
    CudaWeight first = matrices.getFirst();
    int vectors = vectors(in.batch);
    Launcher launch = work.kernel(first.module(), "matvec_" + vectors, first.sharedBytes());
    for (int i = 0; i < 3; i++) {
      launch.pointer(i < matrices.size() ? matrices.get(i).data() : 0);
    }
    for (int i = 0; i < 3; i++) {
      launch.longs(i < matrices.size() ? matrices.get(i).blocks() : 0);
    }
    for (int i = 0; i < 3; i++) {
      launch.pointer(i < outs.size() ? outs.get(i).address() : 0);
    }
    launch.pointer(0).pointer(0).pointer(0);
    long rows = 0;
    for (int i = 0; i < 3; i++) {
      int own = i < matrices.size() ? matrices.get(i).rows() : 0;
      launch.ints(own);
      rows += own;
    }
    launch
        .pointer(in.x)
        .pointer(in.gain)
        .floats(in.epsilon)
        .ints(first.cols())
        .ints(in.batch)
        .ints(mode.number)
        .pointer(first.codebook())
        .launch(
            Geometry.products(
                rows, in.batch, vectors, work.mostRowBlocks(first), first.sharedBytes()));
  }

  /** Products by tensor cores where they can be had. */
  private void many(List<CudaWeight> matrices, Input in, List<CudaBuffer> outs, Mode mode) {
    for (int i = 0; i < matrices.size(); i++) {
      CudaWeight weight = matrices.get(i);
      if (isTensor(weight)) {
        boolean converted = i > 0 && sameRows(matrices.get(i - 1), weight);
        if (work.hasWarpgroupProducts()) {
          warpgroups.product(weight, in, outs.get(i), mode, converted);
        } else {
          tensor(weight, in, outs.get(i), mode, converted);
        }
      } else {
        floats(weight, in, outs.get(i), mode);
      }
    }
  }

  private boolean isTensor(CudaWeight weight) {
    return !exact
        && work.hasTensorCores()
        && weight.cols() % TENSOR_COLUMNS == 0
        && weight.cols() > 0
        && !weight.stored().is(FormatId.F32);
  }

  /** Whether two neighbours take the same 16-bit rows. */
  private boolean sameRows(CudaWeight a, CudaWeight b) {
    return !a.stored().is(FormatId.F32)
        && (work.hasWarpgroupProducts()
            ? WarpgroupProducts.sameRows(a, b)
            : isBrain(a) == isBrain(b));
  }

  private static boolean isBrain(CudaWeight weight) {
    return weight.stored().is(FormatId.BF16);
  }

  private void tensor(CudaWeight weight, Input in, CudaBuffer out, Mode mode, boolean converted) {
    int cols = weight.cols();
    String type = isBrain(weight) ? "bf16" : "f16";
    long rows16 = work.scratch().take(Use.ROWS_16, (long) in.batch * cols * Short.BYTES);
    long scales = work.scratch().take(Use.ROW_SCALES, (long) in.batch * Float.BYTES);
    if (!converted) {
      work.kernel("ops", "rows_to_" + type)
          .pointer(in.x)
          .pointer(in.gain)
          .floats(in.epsilon)
          .ints(cols)
          .pointer(rows16)
          .ints(cols)
          .pointer(scales)
          .launch(Geometry.rows(in.batch));
    }
    Tile whole = new Tile(rows16, scales, in.batch, out.address(), weight.rows(), mode);
    if (isNative(weight)) {
      tensorTile(type, whole, weight.data(), cols, 0, weight.rows());
      return;
    }
    decoded.each(
        weight, true, (rows, first, count) -> tensorTile(type, whole, rows, cols, first, count));
  }

  /** What the products with parts of a matrix share. */
  private record Tile(long x, long scales, int batch, long out, int ldo, Mode mode) {}

  private void tensorTile(String type, Tile of, long matrix, int cols, int first, int count) {
    var grid = Geometry.tensorProducts(of.batch, count);
    work.kernel("gemm_mma", "gemm_" + type, grid.sharedBytes())
        .pointer(of.x)
        .pointer(of.scales)
        .pointer(matrix)
        .ints(of.batch)
        .ints(count)
        .ints(cols)
        .ints(cols)
        .ints(cols)
        .pointer(of.out + (long) first * Float.BYTES)
        .ints(of.ldo)
        .pointer(0)
        .ints(of.mode.number)
        .launch(grid);
  }

  private void floats(CudaWeight weight, Input in, CudaBuffer out, Mode mode) {
    int cols = weight.cols();
    long x = in.gain == 0 ? in.x : normalized(in, cols);
    Tile whole = new Tile(x, 0, in.batch, out.address(), weight.rows(), mode);
    if (weight.stored().is(FormatId.F32)) {
      floatTile(whole, weight.data(), cols, 0, weight.rows());
      return;
    }
    decoded.each(weight, false, (rows, first, count) -> floatTile(whole, rows, cols, first, count));
  }

  private void floatTile(Tile of, long matrix, int cols, int first, int count) {
    work.kernel("gemm", "gemm_f32")
        .pointer(of.x)
        .pointer(matrix)
        .ints(of.batch)
        .ints(count)
        .ints(cols)
        .ints(cols)
        .ints(cols)
        .pointer(of.out + (long) first * Float.BYTES)
        .ints(of.ldo)
        .pointer(0)
        .ints(of.mode.number)
        .launch(Geometry.floatProducts(of.batch, count));
  }

  private long normalized(Input in, int cols) {
    long out = work.scratch().take(Use.NORMED, (long) in.batch * cols * Float.BYTES);
    work.kernel("ops", "rms_norm")
        .pointer(in.x)
        .pointer(in.gain)
        .floats(in.epsilon)
        .ints(cols)
        .pointer(out)
        .launch(Geometry.rows(in.batch));
    return out;
  }
}
