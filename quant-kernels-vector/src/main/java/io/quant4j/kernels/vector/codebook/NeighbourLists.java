package io.quant4j.kernels.vector.codebook;

import io.quant4j.core.format.Codebook;
import io.quant4j.core.format.CodebookNeighbours;
import io.quant4j.kernels.vector.lanes.Lanes;

/**
 * The neighbours of {@link CodebookNeighbours} as whole vectors of ints, each int the levels of one
 * neighbour: component i in the {@code bits} bits from bit {@code i * bits}. A list that does not
 * fill its last vector is filled up with its first neighbour, which cannot win there.
 *
 * <p>Immutable.
 */
final class NeighbourLists {
  /** Bits of a level. */
  final int bits;

  /** The neighbours of all candidates. */
  final int[] levels;

  /** Levels of each point. */
  final int[] levelsOfPoint;

  private final int[] starts;
  private final short[] points;

  NeighbourLists(CodebookNeighbours neighbours) {
    Codebook codebook = neighbours.codebook();
    bits = codebook.levels() <= 4 ? 2 : 3;
    levelsOfPoint = new int[codebook.size()];
    for (int point = 0; point < levelsOfPoint.length; point++) {
      for (int i = 0; i < codebook.components(); i++) {
        levelsOfPoint[point] |= codebook.level(point, i) << bits * i;
      }
    }
    starts = new int[codebook.candidates() + 1];
    for (int candidate = 0; candidate < codebook.candidates(); candidate++) {
      int vectors = (neighbours.count(candidate) + Lanes.COUNT - 1) / Lanes.COUNT;
      starts[candidate + 1] = starts[candidate] + vectors * Lanes.COUNT;
    }
    levels = new int[starts[codebook.candidates()]];
    points = new short[levels.length];
    for (int candidate = 0; candidate < codebook.candidates(); candidate++) {
      for (int n = starts[candidate]; n < starts[candidate + 1]; n++) {
        int place = n - starts[candidate];
        place = place < neighbours.count(candidate) ? place : 0;
        points[n] = (short) neighbours.point(neighbours.first(candidate) + place);
        levels[n] = levelsOfPoint[points[n]];
      }
    }
  }

  /** Place of a candidate's first neighbour. */
  int start(int candidate) {
    return starts[candidate];
  }

  /** Place behind a candidate's last neighbour; whole vectors from the first. */
  int end(int candidate) {
    return starts[candidate + 1];
  }

  /** The neighbour at a place. */
  int point(int place) {
    return points[place];
  }
}
