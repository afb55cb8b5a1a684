package io.quant4j.kernels.vector.machine.fixed;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.RowDecoder;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/**
 * Brings stretches of stored rows into {@link GroupLayout#WEIGHTS}.
 *
 * @param numbers how whole groups are read where they are stored; the rest, and the groups of
 *     formats with blocks, are decoded first
 */
record WeightRounding(BlockFormat format, RowDecoder decoder, Optional<StoredFloats> numbers) {
  private static final GroupLayout RECORD = GroupLayout.WEIGHTS;

  /** Of a format by its decoder. */
  static WeightRounding of(BlockFormat format, RowDecoder decoder) {
    return new WeightRounding(format, decoder, StoredFloats.of(format.id()));
  }

  /** Rounds a stretch of each of the rows, filled up to whole groups with zeros. */
  void round(
      MemorySegment weights,
      int cols,
      int row,
      int rows,
      int col,
      int stretch,
      FixedScratch scratch) {
    long rowBytes = format.byteSize(cols);
    int groups = FixedPoint.groups(stretch);
    for (int r = 0; r < rows; r++) {
      long from = (row + r) * rowBytes + format.byteSize(col);
      long tile = (long) r / RECORD.rows() * groups * RECORD.bytes();
      round(weights, from, stretch, scratch, tile, r % RECORD.rows());
    }
  }

  private void round(
      MemorySegment weights, long from, int stretch, FixedScratch scratch, long tile, int place) {
    int whole = numbers.isPresent() ? stretch / FixedPoint.GROUP : 0;
    if (whole > 0) {
      MemorySegment stored = weights.asSlice(from, format.byteSize(whole * FixedPoint.GROUP));
      round(numbers.get(), stored, scratch, tile, place, whole);
    }
    int done = whole * FixedPoint.GROUP;
    int rest = stretch - done;
    if (rest > 0) {
      int groups = FixedPoint.groups(rest);
      decoder.decode(weights, from + format.byteSize(done), scratch.row, 0, rest);
      Arrays.fill(scratch.row, rest, groups * FixedPoint.GROUP, 0);
      long at = tile + (long) whole * RECORD.bytes();
      round(StoredFloats.FLOATS, scratch.floats, scratch, at, place, groups);
    }
  }

  private static void round(
      StoredFloats numbers,
      MemorySegment stored,
      FixedScratch scratch,
      long at,
      int place,
      int groups) {
    FixedFunctions.roundWeights(
        numbers,
        stored,
        scratch.weights.asSlice(at + (long) place * GroupLayout.VECTOR_BYTES),
        scratch.weights.asSlice(at + RECORD.scalesAt() + (long) place * RECORD.scaleBytes()),
        groups);
  }
}
