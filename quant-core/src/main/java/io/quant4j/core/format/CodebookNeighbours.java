package io.quant4j.core.format;

import java.util.Arrays;

/**
 * For each candidate vector that is not in a codebook, the points nearest to it: those at the few
 * smallest distances that occur, in order of distance, then index. Upstream: {@code
 * iq2xs_init_impl} and {@code iq3xs_init_impl} in {@code ggml-quants.c}.
 *
 * <p>Immutable. The largest takes a fraction of a second to make; whoever needs one makes it when
 * it is first needed.
 */
public final class CodebookNeighbours {
  private final Codebook codebook;
  private final int[] starts;
  private final short[] neighbours;

  /**
   * @param distances how many different distances count as near
   */
  CodebookNeighbours(Codebook codebook, int distances) {
    this.codebook = codebook;
    this.starts = new int[codebook.candidates() + 1];
    Ranking ranking = new Ranking(codebook);
    short[] all = new short[codebook.candidates()];
    int length = 0;
    for (int candidate = 0; candidate < codebook.candidates(); candidate++) {
      if (codebook.indexOf(candidate) < 0) {
        int count = ranking.rank(candidate, distances);
        if (length + count > all.length) {
          all = Arrays.copyOf(all, 2 * all.length + count);
        }
        System.arraycopy(ranking.nearest, 0, all, length, count);
        length += count;
      }
      starts[candidate + 1] = length;
    }
    this.neighbours = Arrays.copyOf(all, length);
  }

  /** The codebook. */
  public Codebook codebook() {
    return codebook;
  }

  /** Place of a candidate's first neighbour; a point has none. */
  public int first(int candidate) {
    return starts[candidate];
  }

  /** Number of a candidate's neighbours. */
  public int count(int candidate) {
    return starts[candidate + 1] - starts[candidate];
  }

  /** The neighbour at this place. */
  public int point(int place) {
    return neighbours[place];
  }

  /**
   * The neighbour with the least error; the first of several.
   *
   * @param candidate not in the codebook
   * @param errors {@code errors[i * levels + l]}: error of component i at level l, not negative
   */
  int best(int candidate, float[] errors) {
    int best = neighbours[starts[candidate]];
    float least = Float.MAX_VALUE;
    for (int n = starts[candidate]; n < starts[candidate + 1]; n++) {
      float error = 0;
      for (int i = 0; i < codebook.components(); i++) {
        error += errors[i * codebook.levels() + codebook.level(neighbours[n], i)];
      }
      if (error < least) {
        least = error;
        best = neighbours[n];
      }
    }
    return best;
  }

  /** Sorts points by their distance from a candidate. */
  private static final class Ranking {
    final short[] nearest;
    private final Codebook codebook;
    private final byte[] levels;
    private final int[] squares;
    private final int[] counts;

    Ranking(Codebook codebook) {
      this.codebook = codebook;
      this.nearest = new short[codebook.size()];
      this.levels = new byte[codebook.components()];
      this.squares = new int[codebook.size()];
      int widest = codebook.levels() - 1;
      this.counts = new int[codebook.components() * widest * widest + 1];
    }

    /** Fills the start of {@link #nearest}; returns how many are within so many distances. */
    int rank(int candidate, int distances) {
      codebook.putLevels(candidate, levels, 0);
      Arrays.fill(counts, 0);
      for (int point = 0; point < squares.length; point++) {
        squares[point] = square(point);
        counts[squares[point]]++;
      }
      int within = 0;
      int next = 0;
      int seen = 0;
      for (int square = 0; square < counts.length; square++) {
        int count = counts[square];
        counts[square] = next; // from here on: where the next point at this distance goes
        next += count;
        if (count > 0 && seen < distances) {
          seen++;
          within = next;
        }
      }
      for (int point = 0; point < squares.length; point++) {
        nearest[counts[squares[point]]++] = (short) point;
      }
      return within;
    }

    /** Squared distance of a point, counted in levels. */
    private int square(int point) {
      int square = 0;
      for (int i = 0; i < levels.length; i++) {
        int difference = codebook.level(point, i) - levels[i];
        square += difference * difference;
      }
      return square;
    }
  }
}
