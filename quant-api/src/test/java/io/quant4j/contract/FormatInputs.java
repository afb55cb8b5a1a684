package io.quant4j.contract;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Rows that formats must survive, the largest magnitudes last. Each is deterministic: its seed is
 * fixed.
 */
enum FormatInputs {
  ZEROS {
    @Override
    float element(RandomGenerator random, int i) {
      return 0;
    }
  },
  NEGATIVE_ZEROS {
    @Override
    float element(RandomGenerator random, int i) {
      return -0f;
    }
  },
  ONES {
    @Override
    float element(RandomGenerator random, int i) {
      return 1;
    }
  },
  NEGATIVE_CONSTANT {
    @Override
    float element(RandomGenerator random, int i) {
      return -0.25f;
    }
  },
  WEIGHTS {
    @Override
    float element(RandomGenerator random, int i) {
      return (float) (0.02 * random.nextGaussian());
    }
  },
  POSITIVE {
    @Override
    float element(RandomGenerator random, int i) {
      return random.nextFloat(0.5f, 2);
    }
  },
  NEGATIVE {
    @Override
    float element(RandomGenerator random, int i) {
      return -random.nextFloat(0.5f, 2);
    }
  },
  TWO_VALUES {
    @Override
    float element(RandomGenerator random, int i) {
      return random.nextBoolean() ? 1 : -1;
    }
  },
  OUTLIERS {
    @Override
    float element(RandomGenerator random, int i) {
      return (float) (random.nextGaussian() * (i % 37 == 5 ? 20 : 0.1));
    }
  },
  FAR_FROM_ZERO {
    @Override
    float element(RandomGenerator random, int i) {
      return (float) (-40 + 0.01 * random.nextGaussian());
    }
  },
  MANY_MAGNITUDES {
    @Override
    float element(RandomGenerator random, int i) {
      return (float) (random.nextGaussian() * Math.scalb(1.0, -random.nextInt(30)));
    }
  },
  TINY {
    @Override
    float element(RandomGenerator random, int i) {
      return (float) (1e-7 * random.nextGaussian());
    }
  },
  SUBNORMAL {
    @Override
    float element(RandomGenerator random, int i) {
      return Float.MIN_VALUE * random.nextInt(-3000, 3000);
    }
  },
  LARGE {
    @Override
    float element(RandomGenerator random, int i) {
      return (float) (1000 * random.nextGaussian());
    }
  },
  /** Beyond the range of many scales. */
  HUGE {
    @Override
    float element(RandomGenerator random, int i) {
      return (float) (1e30 * random.nextGaussian());
    }
  },
  /** The largest floats; sums of them overflow. */
  LARGEST {
    @Override
    float element(RandomGenerator random, int i) {
      return random.nextBoolean() ? Float.MAX_VALUE : -Float.MAX_VALUE;
    }
  };

  private static final long SEED = 0x5eed;

  /** Whether a format may be unable to hold this: its scale or its own range is too small. */
  boolean mayExceedRange() {
    return compareTo(LARGE) >= 0;
  }

  abstract float element(RandomGenerator random, int i);

  /** A row of {@code cols} elements. */
  float[] row(int cols) {
    RandomGenerator random = new SplittableRandom(SEED + ordinal());
    float[] row = new float[cols];
    for (int i = 0; i < cols; i++) {
      row[i] = element(random, i);
    }
    return row;
  }

  /** Importance of {@code cols} columns, positive and of different sizes. */
  static float[] importance(int cols) {
    RandomGenerator random = new SplittableRandom(SEED - 1);
    float[] importance = new float[cols];
    for (int i = 0; i < cols; i++) {
      importance[i] = (float) Math.exp(random.nextGaussian());
    }
    return importance;
  }
}
