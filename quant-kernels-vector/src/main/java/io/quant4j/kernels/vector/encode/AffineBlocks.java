package io.quant4j.kernels.vector.encode;

import io.quant4j.core.format.AffineSuperBlock;
import io.quant4j.core.format.AsymmetricSearch.Candidates;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.ErrorWeights;
import io.quant4j.core.format.PositiveScaleSearch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What {@link AffineSuperBlock} does, for the blocks of a row.
 *
 * <p>Holds scratch, the groups of the row and the latest block: for one thread.
 */
final class AffineBlocks {
  private static final int ELEMENTS = 256;

  private final AffineSuperBlock.Rule rule;
  private final int size;
  private final int groupsOfBlock;
  private final float[] row;
  private final int rowOffset;
  private final float @Nullable [] importance;
  private final AsymmetricLanes search;
  private final PositiveScaleSearch scaleSearch;
  private final float[] base = new float[AsymmetricLanes.GROUPS];

  private final float[] scales;
  private final float[] minimums;
  private final float[] weightSums;
  private final float[] codeInverses;
  private final float[] codeOffsets;

  private final float[] blockScales;
  private final float[] blockMinimums;
  private final float[] blockWeights;
  private final byte[] scaleCodes;
  private final byte[] minimumCodes;
  private final int[] codes = new int[ELEMENTS];
  private float d;
  private float dmin;

  /**
   * Finds scale and minimum of every group.
   *
   * @param cols elements of the row, whole blocks
   */
  AffineBlocks(
      AffineSuperBlock.Rule rule,
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance) {
    this.rule = rule;
    this.size = rule.groupElements();
    this.groupsOfBlock = ELEMENTS / size;
    this.row = row;
    this.rowOffset = rowOffset;
    this.importance = importance;
    search = new AsymmetricLanes(size, rule.largestCode());
    scaleSearch = new PositiveScaleSearch(rule.largestScale());
    int groups = cols / size;
    scales = new float[groups];
    minimums = new float[groups];
    weightSums = new float[groups];
    codeInverses = new float[groups];
    codeOffsets = new float[groups];
    blockScales = new float[groupsOfBlock];
    blockMinimums = new float[groupsOfBlock];
    blockWeights = new float[groupsOfBlock];
    scaleCodes = new byte[groupsOfBlock];
    minimumCodes = new byte[groupsOfBlock];
    for (int first = 0; first < groups; first += AsymmetricLanes.GROUPS) {
      fitGroups(first, Math.min(AsymmetricLanes.GROUPS, groups - first));
    }
  }

  /** Scale of the block's scales, to be rounded for storage. */
  float d() {
    return d;
  }

  /** Scale of the block's minimums, to be rounded for storage. */
  float dmin() {
    return dmin;
  }

  /** Integer of each group's scale in the block. */
  byte[] scaleCodes() {
    return scaleCodes;
  }

  /** Integer of each group's minimum in the block. */
  byte[] minimumCodes() {
    return minimumCodes;
  }

  /** Code of each element of the block. */
  int[] codes() {
    return codes;
  }

  private void fitGroups(int first, int count) {
    Groups.load(row, rowOffset + first * size, size, count, search.x);
    if (importance == null) {
      weigh(count);
      search.fit(count, rule.plainCandidates());
    } else {
      weigh(importance, first, count);
      search.fit(count, Candidates.WITH_IMPORTANCE);
    }
    for (int l = 0; l < count; l++) {
      minimums[first + l] = -search.offset[l];
    }
    System.arraycopy(search.scale, 0, scales, first, count);
    System.arraycopy(search.sumWeights, 0, weightSums, first, count);
    System.arraycopy(search.codeInverse, 0, codeInverses, first, count);
    System.arraycopy(search.codeOffset, 0, codeOffsets, first, count);
  }

  private void weigh(int count) {
    switch (rule.plainWeights()) {
      case MAGNITUDE -> Arrays.fill(base, 0);
      case MAGNITUDE_AND_MEAN -> LaneWeights.rootMeanSquare(search.x, size, count, base);
    }
    LaneWeights.addMagnitude(search.x, size, count, base, search.weights);
  }

  private void weigh(float[] ofColumns, int first, int count) {
    Groups.load(ofColumns, first * size, size, count, search.weights);
    for (int l = 0; l < count; l++) {
      if (l == 0 || (first + l) % groupsOfBlock == 0) {
        int block = (first + l) / groupsOfBlock * ELEMENTS;
        base[l] = ErrorWeights.meanSquare(row, rowOffset + block, ELEMENTS, rule.base());
      } else {
        base[l] = base[l - 1];
      }
    }
    LaneWeights.scaleImportance(search.x, size, count, base, search.weights);
  }

  /**
   * Finds d, dmin and their multiples for a block.
   *
   * @return whether its elements and all scales are finite; if not, the results have no meaning
   */
  boolean choose(int block) {
    int first = block * groupsOfBlock;
    System.arraycopy(scales, first, blockScales, 0, groupsOfBlock);
    System.arraycopy(minimums, first, blockMinimums, 0, groupsOfBlock);
    if (!Groups.finite(row, rowOffset + block * ELEMENTS, ELEMENTS)
        || !Blocks.finite(blockScales, 0, groupsOfBlock)
        || !Blocks.finite(blockMinimums, 0, groupsOfBlock)) {
      return false;
    }
    if (importance == null) {
      d = rule.integers(blockScales, scaleCodes);
      dmin = rule.integers(blockMinimums, minimumCodes);
    } else {
      System.arraycopy(weightSums, first, blockWeights, 0, groupsOfBlock);
      d = scaleSearch.fit(blockScales, blockWeights, scaleCodes);
      dmin = scaleSearch.fit(blockMinimums, blockWeights, minimumCodes);
    }
    return true;
  }

  /**
   * Takes the nearest codes for what is stored.
   *
   * @param block the one just chosen
   */
  void takeCodes(int block, float storedD, float storedDmin) {
    for (int g = 0; g < groupsOfBlock; g++) {
      int from = rowOffset + block * ELEMENTS + g * size;
      float scale = storedD * (scaleCodes[g] & 0xff);
      if (scale == 0) { // the codes do not matter; upstream leaves what the search found
        int group = block * groupsOfBlock + g;
        Codes.affineFound(
            row,
            from,
            size,
            codeInverses[group],
            codeOffsets[group],
            rule.largestCode(),
            codes,
            g * size);
      } else {
        float minimum = storedDmin * (minimumCodes[g] & 0xff);
        Codes.affine(row, from, size, scale, minimum, rule.largestCode(), codes, g * size);
      }
    }
  }
}
