package io.quant4j.kernels.vector.encode;

import io.quant4j.core.format.AsymmetricSearch.Candidates;
import io.quant4j.core.format.ErrorWeights;
import io.quant4j.core.format.Rounding;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Encoding of one row in blocks of 32 that have one scale and one offset each, as the formats' own:
 * one step without importance, {@link AsymmetricLanes} with it.
 *
 * <p>Holds the blocks of the row and the latest block: for one thread.
 */
final class AffineBlocksOf32 {
  static final int SIZE = 32;

  private final int largestCode;
  private final float[] row;
  private final int rowOffset;
  private final boolean searched;
  private final float[] scales;
  private final float[] offsets;
  private final float[] codeInverses;
  private final float[] codeOffsets;
  private final int[] codes = new int[SIZE];
  private float scale;
  private float offset;

  /**
   * @param cols elements of the row, whole blocks
   */
  AffineBlocksOf32(
      int largestCode, float[] row, int rowOffset, int cols, float @Nullable [] importance) {
    this.largestCode = largestCode;
    this.row = row;
    this.rowOffset = rowOffset;
    searched = importance != null;
    int blocks = searched ? cols / SIZE : 0;
    scales = new float[blocks];
    offsets = new float[blocks];
    codeInverses = new float[blocks];
    codeOffsets = new float[blocks];
    if (importance != null) {
      search(importance, cols);
    }
  }

  private void search(float[] importance, int cols) {
    AsymmetricLanes search = new AsymmetricLanes(SIZE, largestCode);
    float[] base = new float[AsymmetricLanes.GROUPS];
    Arrays.fill(base, ErrorWeights.meanSquare(row, rowOffset, cols, 1));
    for (int first = 0; first < scales.length; first += AsymmetricLanes.GROUPS) {
      int count = Math.min(AsymmetricLanes.GROUPS, scales.length - first);
      Groups.load(row, rowOffset + first * SIZE, SIZE, count, search.x);
      Groups.load(importance, first * SIZE, SIZE, count, search.weights);
      LaneWeights.scaleImportance(search.x, SIZE, count, base, search.weights);
      search.fit(count, Candidates.WITH_IMPORTANCE);
      System.arraycopy(search.scale, 0, scales, first, count);
      System.arraycopy(search.offset, 0, offsets, first, count);
      System.arraycopy(search.codeInverse, 0, codeInverses, first, count);
      System.arraycopy(search.codeOffset, 0, codeOffsets, first, count);
    }
  }

  /** Fits a block; returns whether its elements are finite. If not, the results have no meaning. */
  boolean fit(int block) {
    int from = rowOffset + block * SIZE;
    if (!Groups.finite(row, from, SIZE)) {
      return false;
    }
    if (searched) {
      scale = scales[block];
      offset = offsets[block];
      Codes.affineFound(
          row, from, SIZE, codeInverses[block], codeOffsets[block], largestCode, codes, 0);
    } else {
      offset = Extremes.lowest(row, from, SIZE);
      scale = (Extremes.highest(row, from, SIZE) - offset) / largestCode;
      Codes.cut(row, from, SIZE, offset, Rounding.inverse(scale), 0.5f, largestCode, codes);
    }
    return true;
  }

  /** Scale of the latest block. */
  float scale() {
    return scale;
  }

  /** Value of code 0 in the latest block. */
  float offset() {
    return offset;
  }

  /** Codes of the latest block. */
  int[] codes() {
    return codes;
  }
}
