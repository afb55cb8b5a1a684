package io.quant4j.kernels.vector.machine.op;

import static io.quant4j.kernels.vector.machine.assembler.Comparison.LESS;
import static io.quant4j.kernels.vector.machine.assembler.Comparison.LESS_OR_EQUAL;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.kernels.vector.machine.assembler.Assembler;
import io.quant4j.kernels.vector.machine.assembler.Mask;
import io.quant4j.kernels.vector.machine.assembler.Mem;
import io.quant4j.kernels.vector.machine.assembler.Simd;
import io.quant4j.kernels.vector.machine.product.Constants;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is known of one query while it meets a tile, in floats: its scores, which become weights,
 * then its largest score so far, what its sums so far are scaled by, and the sum of its new
 * weights. Records follow each other.
 */
final class AttentionRecord {
  private static final int TILE = AttentionKernel.TILE;
  static final int LARGEST = TILE;
  static final int KEPT = TILE + 1;
  static final int SUM = TILE + 2;
  static final int FLOATS = TILE + 16;
  static final int BYTES = FLOATS * Float.BYTES;

  /** Queries that go together where each position is loaded once for all of them. */
  static final int TOGETHER = 4;

  /** Queries of one call. */
  static final int QUERIES = AttentionKernel.SCRATCH / FLOATS;

  /** Registers of the scores of a whole tile. */
  static final int VECTORS = TILE * Float.BYTES / Constants.BYTES;

  private AttentionRecord() {}

  /** The positions of each vector of a tile, as floats. */
  static List<Simd> positions(Constants constants) {
    return IntStream.range(0, VECTORS)
        .mapToObj(v -> constants.floats(lane -> v * (TILE / VECTORS) + lane))
        .toList();
  }

  /** The mask of those lanes of a vector of scores that are attended to. */
  static Mask attended(int vector) {
    return new Mask(1 + vector);
  }

  /**
   * Code that makes these masks.
   *
   * @param begin first position that is attended to, a float
   * @param end behind the last one
   * @param first overwritten
   * @param last overwritten
   */
  static void masks(Assembler a, List<Simd> positions, Mem begin, Mem end, Simd first, Simd last) {
    a.vbroadcastss(first, begin);
    a.vbroadcastss(last, end);
    for (int v = 0; v < VECTORS; v++) {
      Mask mask = attended(v);
      a.vcmpps(mask, first, positions.get(v), LESS_OR_EQUAL);
      a.vcmpps(mask, mask, positions.get(v), last, LESS);
    }
  }
}
