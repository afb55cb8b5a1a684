package io.quant4j.kernels.vector.encode;

import io.quant4j.core.format.ErrorWeights;
import io.quant4j.core.format.Q3_K;
import io.quant4j.kernels.vector.lanes.Lanes;

/** Groups of Q3_K with importance. */
final class WeightedQ3_KGroups extends Q3_KGroups {
  private final float[] codeInverses;
  private final float[] weightSums;

  /** Of each block. */
  private final float[] d;

  /** Of each block: its scales times this are the stored ones, less the stored zero. */
  private final float[] inverseD;

  WeightedQ3_KGroups(float[] row, int rowOffset, int cols, float[] importance) {
    super(row, rowOffset, cols);
    int groups = scales.length;
    codeInverses = new float[groups];
    weightSums = new float[groups];
    d = new float[groups / COUNT];
    inverseD = new float[groups / COUNT];
    fitGroups(importance);
    fitScales();
  }

  private void fitGroups(float[] importance) {
    SymmetricLanes search = new SymmetricLanes(SIZE, Q3_K.ZERO_CODE);
    float[] base = new float[Lanes.COUNT];
    float[] sums = new float[Lanes.COUNT];
    for (int first = 0; first < scales.length; first += Lanes.COUNT) {
      int count = Math.min(Lanes.COUNT, scales.length - first);
      Groups.load(row, rowOffset + first * SIZE, SIZE, count, search.x);
      Groups.load(importance, first * SIZE, SIZE, count, search.weights);
      for (int l = 0; l < count; l++) {
        boolean newBlock = l == 0 || (first + l) % COUNT == 0;
        base[l] = newBlock ? base((first + l) / COUNT) : base[l - 1];
      }
      LaneWeights.scaleImportance(search.x, SIZE, count, base, search.weights);
      LaneWeights.sum(search.weights, sums);
      search.fit();
      System.arraycopy(search.scale, 0, scales, first, count);
      System.arraycopy(search.codeInverse, 0, codeInverses, first, count);
      System.arraycopy(sums, 0, weightSums, first, count);
    }
  }

  private float base(int block) {
    int from = rowOffset + block * Q3_K.BLOCK_ELEMENTS;
    return ErrorWeights.meanSquare(row, from, Q3_K.BLOCK_ELEMENTS, 2);
  }

  /** The same search for the scales, a block in each lane. */
  private void fitScales() {
    SymmetricLanes search = new SymmetricLanes(COUNT, Q3_K.ZERO_SCALE);
    for (int first = 0; first < d.length; first += Lanes.COUNT) {
      int count = Math.min(Lanes.COUNT, d.length - first);
      Groups.load(scales, first * COUNT, COUNT, count, search.x);
      Groups.load(weightSums, first * COUNT, COUNT, count, search.weights);
      search.fit();
      System.arraycopy(search.scale, 0, d, first, count);
      System.arraycopy(search.codeInverse, 0, inverseD, first, count);
    }
  }

  @Override
  float chooseScales(int block, byte[] scaleCodes) {
    Q3_KScales.integers(inverseD[block], scales, block * COUNT, scaleCodes);
    return d[block];
  }

  @Override
  void takeFound(int group, int[] codes, int to) {
    int from = rowOffset + group * SIZE;
    Codes.signedFound(row, from, SIZE, codeInverses[group], Q3_K.ZERO_CODE, codes, to);
  }
}
