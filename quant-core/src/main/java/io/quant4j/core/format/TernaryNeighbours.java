package io.quant4j.core.format;

/** {@link NeighbourChoice} one neighbour after the other. Holds scratch: for one thread. */
final class TernaryNeighbours implements NeighbourChoice {
  private static final int VECTOR = TernarySearch.VECTOR;
  private static final int LEVELS = 3;

  private final float[] errors = new float[VECTOR * LEVELS];

  /** Made when first needed. */
  private static final class Table {
    static final CodebookNeighbours NEIGHBOURS = new CodebookNeighbours(Codebook.IQ1_S, 3);
  }

  /** The neighbours of all candidates. The first call takes a while. */
  static CodebookNeighbours table() {
    return Table.NEIGHBOURS;
  }

  @Override
  public int best(
      int candidate,
      float scale,
      int lowered,
      float[] x,
      int from,
      float[] weights,
      int weightsFrom) {
    for (int i = 0; i < VECTOR; i++) {
      for (int level = 0; level < LEVELS; level++) {
        float difference = scale * TernarySearch.value(level, lowered) - x[from + i];
        errors[i * LEVELS + level] = weights[weightsFrom + i] * difference * difference;
      }
    }
    return table().best(candidate, errors);
  }
}
