package io.quant4j.kernels.vector.machine.encode;

import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.Q3_K;
import java.lang.foreign.MemorySegment;

/** The groups of a row of Q3_K: their scales, and how their codes follow. */
abstract sealed class Q3_KRow permits PlainQ3_KRow, WeightedQ3_KRow {
  static final int SIZE = Q3_K.GROUP_ELEMENTS;

  /** Groups of a block. */
  static final int GROUPS = Q3_K.BLOCK_ELEMENTS / SIZE;

  final float[] row;
  final int from;
  final RowCodes codes;
  final float[] maps;

  Q3_KRow(float[] row, int from, int cols, RowCodes codes) {
    this.row = row;
    this.from = from;
    this.codes = codes;
    maps = new float[cols / SIZE * CodesCode.MAP_FLOATS];
  }

  /** Whether elements and scales of a block are finite. */
  abstract boolean finite(int block);

  /** Finds the stored scales of a block; returns their scale. */
  abstract float chooseScales(int block, byte[] scaleCodes);

  /** Maps a group whose stored scale is 0 to the codes that the search found. */
  abstract void mapFound(int group);

  /** What {@link #storeCodes} leaves to do for one block. */
  abstract void complete(int block, MemorySegment stored);

  /** Maps the groups of a block to the nearest codes for what is stored. */
  final void map(int block, float storedD, byte[] scaleCodes) {
    for (int s = 0; s < GROUPS; s++) {
      float scale = storedD * (scaleCodes[s] - Q3_K.ZERO_SCALE);
      int group = block * GROUPS + s;
      if (scale == 0) { // the codes do not matter; upstream leaves what the search found
        mapFound(group);
      } else {
        RowCodes.divide(maps, group, 0, scale);
      }
    }
  }

  /** Stores all codes; blocks that are not finite become NaN. */
  final void storeCodes(MemorySegment stored) {
    codes.store(row, from, maps, stored);
    for (int b = 0; b < maps.length / CodesCode.MAP_FLOATS / GROUPS; b++) {
      if (finite(b)) {
        complete(b, stored);
      } else {
        long block = (long) b * Q3_K.BLOCK_BYTES;
        Blocks.putNotANumber(stored, block, Q3_K.BLOCK_BYTES, Q3_K.D_OFFSET);
      }
    }
  }
}
