package io.quant4j.kernels.vector.encode;

import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.Q3_K;

/** The groups of a row of Q3_K, each with a scale; without importance or with it. */
abstract sealed class Q3_KGroups permits PlainQ3_KGroups, WeightedQ3_KGroups {
  static final int SIZE = Q3_K.GROUP_ELEMENTS;

  /** Groups of a block. */
  static final int COUNT = Q3_K.BLOCK_ELEMENTS / SIZE;

  final float[] row;
  final int rowOffset;
  final float[] scales;

  Q3_KGroups(float[] row, int rowOffset, int cols) {
    this.row = row;
    this.rowOffset = rowOffset;
    scales = new float[cols / SIZE];
  }

  /** Whether elements and scales of a block are finite. */
  final boolean finite(int block) {
    int from = rowOffset + block * Q3_K.BLOCK_ELEMENTS;
    return Groups.finite(row, from, Q3_K.BLOCK_ELEMENTS)
        && Blocks.finite(scales, block * COUNT, COUNT);
  }

  /** Finds the stored scales of a block; returns their scale. */
  abstract float chooseScales(int block, byte[] scaleCodes);

  /** Takes the codes that the search found for a group. */
  abstract void takeFound(int group, int[] codes, int to);

  /** Takes the nearest codes for what is stored. */
  final void takeCodes(int block, float storedD, byte[] scaleCodes, int[] codes) {
    for (int s = 0; s < COUNT; s++) {
      float scale = storedD * (scaleCodes[s] - Q3_K.ZERO_SCALE);
      int group = block * COUNT + s;
      if (scale == 0) { // the codes do not matter; upstream leaves what the search found
        takeFound(group, codes, s * SIZE);
      } else {
        int from = rowOffset + group * SIZE;
        Codes.signed(row, from, SIZE, scale, Q3_K.ZERO_CODE, codes, s * SIZE);
      }
    }
  }
}
