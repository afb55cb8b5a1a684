package io.quant4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Floats at an odd place of a larger array. What lies around them must be neither used, it is NaN,
 * nor changed: each of these NaNs has bits that no computation gives.
 */
final class GuardedFloats {
  static final int OFFSET = 7;
  private static final int GUARD_BITS = 0x7fc5a5a5;
  private static final float GUARD = Float.intBitsToFloat(GUARD_BITS);
  private static final int BEHIND = 19;

  final float[] array;
  private final int length;

  private GuardedFloats(int length) {
    this.array = new float[OFFSET + length + BEHIND];
    this.length = length;
    Arrays.fill(array, GUARD);
  }

  /** The values, copied. */
  static GuardedFloats of(float[] values) {
    GuardedFloats guarded = new GuardedFloats(values.length);
    System.arraycopy(values, 0, guarded.array, OFFSET, values.length);
    return guarded;
  }

  /** Nothing but guards, {@code length} of them to be written over. */
  static GuardedFloats blank(int length) {
    return new GuardedFloats(length);
  }

  /** Normally distributed numbers. */
  static float[] gaussian(long seed, int length, double deviation) {
    RandomGenerator random = new SplittableRandom(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  /** The values, after a look at the guards around them. */
  float[] checkedValues() {
    for (int i = 0; i < array.length; i++) {
      if (i < OFFSET || i >= OFFSET + length) {
        assertThat(isGuard(i - OFFSET)).as("guard at %d of %d", i - OFFSET, length).isTrue();
      }
    }
    return Arrays.copyOfRange(array, OFFSET, OFFSET + length);
  }

  /** Whether this element still is what {@link #blank} put there. */
  boolean isGuard(int element) {
    return Float.floatToRawIntBits(array[OFFSET + element]) == GUARD_BITS;
  }
}
