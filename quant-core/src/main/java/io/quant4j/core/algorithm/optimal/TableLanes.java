package io.quant4j.core.algorithm.optimal;

import io.quant4j.core.format.IQ4_NL;

/** The 16 unevenly spaced levels of {@link IQ4_NL}. */
final class TableLanes extends SymmetricLanes {
  private static final int CODES = 16;

  /** Halves of integers: what lies between two of them has one nearest level. */
  private static final int STEPS = 2;

  private static final int LOWEST = STEPS * IQ4_NL.value(0);
  private static final int HIGHEST = STEPS * IQ4_NL.value(CODES - 1);
  private static final byte[] NEAREST = nearest();

  TableLanes(int groups, int elements, int trials) {
    super(groups, elements, trials);
  }

  /** Code by number of half steps above the lowest level. */
  private static byte[] nearest() {
    byte[] nearest = new byte[HIGHEST - LOWEST + 1];
    int code = 0;
    for (int i = 0; i < nearest.length; i++) {
      while (code < CODES - 1 && LOWEST + i >= IQ4_NL.value(code) + IQ4_NL.value(code + 1)) {
        code++;
      }
      nearest[i] = (byte) code;
    }
    return nearest;
  }

  @Override
  float lowestLevel() {
    return IQ4_NL.value(0);
  }

  @Override
  float highestLevel() {
    return IQ4_NL.value(CODES - 1);
  }

  @Override
  void takeLevels(int lanes, float[] values) {
    for (int l = 0; l < lanes; l++) {
      levels[l] = IQ4_NL.value(code(values[l] * inverses[l]));
    }
  }

  @Override
  int code(float scaled) {
    int step = (int) Math.floor(STEPS * scaled);
    return NEAREST[Math.clamp(step, LOWEST, HIGHEST) - LOWEST];
  }
}
