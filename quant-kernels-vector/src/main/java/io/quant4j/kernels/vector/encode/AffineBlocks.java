package io.quant4j.kernels.vector.encode;

import io.quant4j.core.format.AffineSuperBlock;
import io.quant4j.core.format.AsymmetricSearch.Candidates;
import io.quant4j.core.format.ErrorWeights;
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
  private final AffineChoice choice;
  private final float[] base = new float[AsymmetricLanes.GROUPS];

  /** Scales of all groups, then their offsets, then the sums of their weights. */
  private final float[] found;

  private final int groups;
  private final float[] codeInverses;
  private final float[] codeOffsets;

  private final int[] codes = new int[ELEMENTS];

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
    choice = new AffineChoice(rule);
    groups = cols / size;
    found = new float[3 * groups];
    codeInverses = new float[groups];
    codeOffsets = new float[groups];
    for (int first = 0; first < groups; first += AsymmetricLanes.GROUPS) {
      fitGroups(first, Math.min(AsymmetricLanes.GROUPS, groups - first));
    }
  }

  /** Numbers of the block just chosen. */
  AffineChoice choice() {
    return choice;
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
    System.arraycopy(search.scale, 0, found, first, count);
    System.arraycopy(search.offset, 0, found, groups + first, count);
    System.arraycopy(search.sumWeights, 0, found, 2 * groups + first, count);
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
    int weights = importance == null ? AffineChoice.UNWEIGHTED : 2 * groups + first;
    return Groups.finite(row, rowOffset + block * ELEMENTS, ELEMENTS)
        && choice.choose(found, first, groups + first, weights);
  }

  /**
   * Takes the nearest codes for what is stored.
   *
   * @param block the one just chosen
   */
  void takeCodes(int block, float storedD, float storedDmin) {
    for (int g = 0; g < groupsOfBlock; g++) {
      int from = rowOffset + block * ELEMENTS + g * size;
      float scale = storedD * (choice.scaleCodes()[g] & 0xff);
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
        float minimum = storedDmin * (choice.minimumCodes()[g] & 0xff);
        Codes.affine(row, from, size, scale, minimum, rule.largestCode(), codes, g * size);
      }
    }
  }
}
