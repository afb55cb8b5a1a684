package io.quant4j.kernels.vector.encode;

import io.quant4j.core.format.AffineSuperBlock;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.PositiveScaleSearch;
import io.quant4j.core.format.SixBitScales;
import java.lang.foreign.MemorySegment;

/**
 * Step 2 of {@link AffineSuperBlock}: scales and minimums of the groups of a block become integers.
 *
 * <p>Holds scratch and the latest result: for one thread.
 */
public final class AffineChoice {
  /** In place of the weights of groups, where there is no importance. */
  public static final int UNWEIGHTED = -1;

  private static final int ELEMENTS = 256;

  private final AffineSuperBlock.Rule rule;
  private final PositiveScaleSearch search;
  private final float[] scales;
  private final float[] minimums;
  private final float[] weights;
  private final byte[] scaleCodes;
  private final byte[] minimumCodes;
  private float d;
  private float dmin;

  /** For blocks by this rule. */
  public AffineChoice(AffineSuperBlock.Rule rule) {
    this.rule = rule;
    int groups = ELEMENTS / rule.groupElements();
    search = new PositiveScaleSearch(rule.largestScale());
    scales = new float[groups];
    minimums = new float[groups];
    weights = new float[groups];
    scaleCodes = new byte[groups];
    minimumCodes = new byte[groups];
  }

  /** Scale of the block's scales, to be rounded for storage. */
  public float d() {
    return d;
  }

  /** Scale of the block's minimums, to be rounded for storage. */
  public float dmin() {
    return dmin;
  }

  /** Integer of each group's scale. */
  public byte[] scaleCodes() {
    return scaleCodes;
  }

  /** Integer of each group's minimum. */
  public byte[] minimumCodes() {
    return minimumCodes;
  }

  /**
   * Finds d, dmin and their multiples for a block.
   *
   * @param found holds a scale, an offset (value of code 0) and a sum of weights for each group
   * @param scalesFrom place of the block's scales
   * @param offsetsFrom of its offsets
   * @param weightsFrom of its weights, or {@link #UNWEIGHTED}
   * @return whether all scales and offsets are finite; if not, the results have no meaning
   */
  public boolean choose(float[] found, int scalesFrom, int offsetsFrom, int weightsFrom) {
    int groups = scales.length;
    if (!Blocks.finite(found, scalesFrom, groups) || !Blocks.finite(found, offsetsFrom, groups)) {
      return false;
    }
    System.arraycopy(found, scalesFrom, scales, 0, groups);
    for (int g = 0; g < groups; g++) {
      minimums[g] = -found[offsetsFrom + g];
    }
    if (weightsFrom == UNWEIGHTED) {
      d = rule.integers(scales, scaleCodes);
      dmin = rule.integers(minimums, minimumCodes);
    } else {
      System.arraycopy(found, weightsFrom, weights, 0, groups);
      d = search.fit(scales, weights, scaleCodes);
      dmin = search.fit(minimums, weights, minimumCodes);
    }
    return true;
  }

  /** Stores both integers of each group in a byte, the scale's in the lower half. */
  public void putPairs(MemorySegment target, long offset) {
    for (int g = 0; g < scaleCodes.length; g++) {
      LittleEndian.putByte(target, offset + g, scaleCodes[g] | minimumCodes[g] << 4);
    }
  }

  /** Stores them in six bits each, as {@link SixBitScales}. */
  public void putSixBits(MemorySegment target, long offset) {
    SixBitScales.put(scaleCodes, minimumCodes, target, offset);
  }
}
