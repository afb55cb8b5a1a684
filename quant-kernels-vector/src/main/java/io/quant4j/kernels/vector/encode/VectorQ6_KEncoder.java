package io.quant4j.kernels.vector.encode;

import static io.quant4j.kernels.vector.lanes.Lanes.COUNT;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.core.format.Blocks;
import io.quant4j.core.format.LittleEndian;
import io.quant4j.core.format.Q6_K;
import io.quant4j.core.format.Rounding;
import io.quant4j.core.format.SymmetricSearch;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Encodes rows as Q6_K. */
public final class VectorQ6_KEncoder implements RowEncoder {
  private static final Q6_K FORMAT = new Q6_K();
  private static final int SIZE = Q6_K.GROUP_ELEMENTS;
  private static final int GROUPS = Q6_K.BLOCK_ELEMENTS / SIZE;
  private static final int HALF = Q6_K.BLOCK_ELEMENTS / 2;
  private static final int QUARTER = HALF / 4;

  /** Stateless. */
  public VectorQ6_KEncoder() {}

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    int blocks = Blocks.count(FORMAT, cols);
    MemorySegment stored = target.asSlice(byteOffset, FORMAT.byteSize(cols));
    Fit fit = new Fit(row, rowOffset, cols, importance);
    int[] codes = new int[Q6_K.BLOCK_ELEMENTS];
    for (int b = 0; b < blocks; b++) {
      long block = (long) b * Q6_K.BLOCK_BYTES;
      if (!Groups.finite(row, rowOffset + b * Q6_K.BLOCK_ELEMENTS, Q6_K.BLOCK_ELEMENTS)
          || !Blocks.finite(fit.scales, b * GROUPS, GROUPS)) {
        Blocks.putNotANumber(stored, block, Q6_K.BLOCK_BYTES, Q6_K.D_OFFSET);
      } else if (fit.putScales(b, codes, stored, block)) {
        putCodes(codes, stored, block);
      } else {
        stored.asSlice(block, Q6_K.BLOCK_BYTES).fill((byte) 0);
      }
    }
  }

  private static void putCodes(int[] codes, MemorySegment target, long block) {
    for (int half = 0; half < 2; half++) {
      int first = half * HALF;
      long low = block + Q6_K.QL_OFFSET + half * (HALF / 2);
      Pack.nibbles(codes, first, first + HALF / 2, HALF / 2, target, low);
      long high = block + Q6_K.QH_OFFSET + half * QUARTER;
      Pack.pairs(codes, first, QUARTER, 4, QUARTER, target, high);
    }
  }

  /** The groups of one row. */
  private static final class Fit {
    final float[] scales;
    private final float[] codeInverses;
    private final float[] row;
    private final int rowOffset;

    Fit(float[] row, int rowOffset, int cols, float @Nullable [] importance) {
      this.row = row;
      this.rowOffset = rowOffset;
      int groups = cols / SIZE;
      scales = new float[groups];
      codeInverses = new float[groups];
      SymmetricLanes search = new SymmetricLanes(SIZE, Q6_K.ZERO_CODE);
      for (int first = 0; first < groups; first += COUNT) {
        int count = Math.min(COUNT, groups - first);
        Groups.load(row, rowOffset + first * SIZE, SIZE, count, search.x);
        if (importance == null) {
          LaneWeights.squares(search.x, search.weights);
        } else {
          Groups.load(importance, first * SIZE, SIZE, count, search.weights);
        }
        search.fit();
        System.arraycopy(search.scale, 0, scales, first, count);
        System.arraycopy(search.codeInverse, 0, codeInverses, first, count);
      }
    }

    /** Stores the scales of a block and takes its codes; false if all of it is negligible. */
    boolean putScales(int b, int[] codes, MemorySegment target, long block) {
      float largest = Blocks.signedLargest(scales, b * GROUPS, GROUPS);
      if (Math.abs(largest) < SymmetricSearch.NEGLIGIBLE) {
        return false;
      }
      float inverse = Q6_K.LOWEST_SCALE / largest;
      float d = LittleEndian.putHalf(target, block + Q6_K.D_OFFSET, 1 / inverse);
      for (int s = 0; s < GROUPS; s++) {
        int group = b * GROUPS + s;
        int nearest = Rounding.nearest(inverse * scales[group]);
        byte scale = (byte) Math.min(Q6_K.HIGHEST_SCALE, nearest);
        LittleEndian.putByte(target, block + Q6_K.SCALES_OFFSET + s, scale);
        takeCodes(group, d * scale, codes, s * SIZE);
      }
      return true;
    }

    private void takeCodes(int group, float scale, int[] codes, int to) {
      int from = rowOffset + group * SIZE;
      if (scale == 0) { // the codes do not matter; upstream leaves what the search found
        Codes.signedFound(row, from, SIZE, codeInverses[group], Q6_K.ZERO_CODE, codes, to);
      } else {
        Codes.signed(row, from, SIZE, scale, Q6_K.ZERO_CODE, codes, to);
      }
    }
  }
}
