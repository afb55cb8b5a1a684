package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.core.format.ErrorWeights;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Encoding of one row in blocks of 32 that have one signed scale each, as the formats' own: one
 * step without importance, {@link SymmetricLanes} with it.
 *
 * <p>Holds the blocks of the row and the latest block: for one thread.
 */
final class SymmetricBlocks {
  static final int SIZE = 32;

  private final int zeroCode;
  private final float[] row;
  private final int rowOffset;
  private final boolean searched;
  private final float[] scales;
  private final float[] codeInverses;
  private final int[] codes = new int[SIZE];
  private float scale;

  /**
   * @param cols elements of the row, whole blocks
   */
  SymmetricBlocks(
      int zeroCode, float[] row, int rowOffset, int cols, float @Nullable [] importance) {
    this.zeroCode = zeroCode;
    this.row = row;
    this.rowOffset = rowOffset;
    searched = importance != null;
    int blocks = searched ? cols / SIZE : 0;
    scales = new float[blocks];
    codeInverses = new float[blocks];
    if (importance != null) {
      search(importance, cols);
    }
  }

  private void search(float[] importance, int cols) {
    SymmetricLanes search = new SymmetricLanes(SIZE, zeroCode);
    float[] base = new float[COUNT];
    Arrays.fill(base, ErrorWeights.meanSquare(row, rowOffset, cols, 1));
    for (int first = 0; first < scales.length; first += COUNT) {
      int count = Math.min(COUNT, scales.length - first);
      Groups.load(row, rowOffset + first * SIZE, SIZE, count, search.x);
      Groups.load(importance, first * SIZE, SIZE, count, search.weights);
      LaneWeights.scaleImportance(search.x, SIZE, count, base, search.weights);
      search.fit();
      System.arraycopy(search.scale, 0, scales, first, count);
      System.arraycopy(search.codeInverse, 0, codeInverses, first, count);
    }
  }

  /** Fits a block; returns whether its elements are finite. If not, the results have no meaning. */
  boolean fit(int block) {
    int from = rowOffset + block * SIZE;
    float magnitude = Extremes.largestMagnitude(row, from, SIZE);
    if (!Float.isFinite(magnitude)) {
      return false;
    }
    if (searched) {
      scale = scales[block];
      Codes.signedFound(row, from, SIZE, codeInverses[block], zeroCode, codes, 0);
    } else {
      round(from, Extremes.withSign(row, from, SIZE, magnitude));
    }
    return true;
  }

  private void round(int from, float largest) {
    scale = largest / -zeroCode;
    float inverse = scale == 0 ? 0 : 1 / scale;
    if (Float.isInfinite(inverse)) { // the scale is stored as 0; upstream's cast gives 0 here
      Arrays.fill(codes, 0);
      return;
    }
    Codes.cut(row, from, SIZE, 0, inverse, zeroCode + 0.5f, 2 * zeroCode - 1, codes);
  }

  /** Scale of the latest block. */
  float scale() {
    return scale;
  }

  /** Codes of the latest block. */
  int[] codes() {
    return codes;
  }
}
