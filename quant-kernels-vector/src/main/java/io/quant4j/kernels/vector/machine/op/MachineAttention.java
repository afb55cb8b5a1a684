package io.quant4j.kernels.vector.machine.op;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.kernels.vector.machine.product.Functions;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Attention by generated code. Only where {@link io.quant4j.kernels.vector.machine.MachineCode} is
 * usable. A call of it takes some microseconds, in which garbage collection waits.
 */
public final class MachineAttention implements AttentionKernel {
  private static final MemorySegment SCORES = Functions.map(ScoresCode.bytes());
  private static final MemorySegment WEIGHTS = Functions.map(WeightsCode.bytes());
  private static final MemorySegment VALUES = Functions.map(WeightedValuesCode.bytes());
  private static final int LANES = 16;

  private final AttentionKernel twin;

  /**
   * @param twin takes heads that are no whole number of vectors, and soft caps
   */
  public MachineAttention(AttentionKernel twin) {
    this.twin = twin;
  }

  @Override
  public void take(
      AttentionShape shape,
      float[] query,
      int queryOffset,
      int rows,
      float[] keys,
      float[] values,
      int visible,
      float[] largest,
      float[] weights,
      float[] sums,
      float[] scratch) {
    if (shape.headDim() % LANES != 0 || shape.softCap() > 0) {
      twin.take(
          shape, query, queryOffset, rows, keys, values, visible, largest, weights, sums, scratch);
      return;
    }
    Call call = new Call(shape, query, queryOffset, keys, values, largest, weights, sums, scratch);
    call.check(rows);
    int group = shape.groupSize();
    int queries = rows * group;
    int together;
    for (int j = 0; j < queries; j += together) {
      int row = j / group;
      Range range = Range.of(shape, visible + row);
      int same = row + 1;
      while (same < rows && range.equals(Range.of(shape, visible + same))) {
        same++;
      }
      together = Math.min(AttentionRecord.QUERIES, same * group - j);
      if (range.begin() < range.end()) {
        call.take(j, together, range);
      }
    }
  }

  /** Positions {@code begin <= t < end} of a tile. */
  private record Range(int begin, int end) {
    static Range of(AttentionShape shape, int visible) {
      int begin = shape.window() == 0 ? 0 : Math.max(0, visible - shape.window());
      return new Range(begin, Math.min(TILE, visible));
    }
  }

  /** What does not change from query to query. */
  private record Call(
      AttentionShape shape,
      float[] query,
      int queryOffset,
      float[] keys,
      float[] values,
      float[] largest,
      float[] weights,
      float[] sums,
      float[] scratch) {

    void check(int rows) {
      if (rows > 0) {
        int headDim = shape.headDim();
        int group = shape.groupSize();
        long last = (rows - 1L) * shape.queryDim();
        Objects.checkFromIndexSize(queryOffset, last + (long) group * headDim, query.length);
        Objects.checkFromIndexSize(0, TILE * headDim, Math.min(keys.length, values.length));
        Objects.checkFromIndexSize(0, (long) rows * group * headDim, sums.length);
        Objects.checkFromIndexSize(0, SCRATCH, scratch.length);
      }
    }

    /** Takes in the tile for queries that attend to the same positions. */
    void take(int first, int count, Range range) {
      MemorySegment records = MemorySegment.ofArray(scratch);
      long begin = Float.floatToRawIntBits(range.begin());
      long end = Float.floatToRawIntBits(range.end());
      for (int i = 0; i < count; i++) {
        scratch[i * AttentionRecord.FLOATS + AttentionRecord.LARGEST] = largest[first + i];
      }
      scores(records, first, count, begin, end);
      for (int i = 0; i < count; i++) {
        int record = i * AttentionRecord.FLOATS;
        float now = scratch[record + AttentionRecord.LARGEST];
        scratch[record + AttentionRecord.KEPT] = (float) Math.exp(largest[first + i] - now);
        largest[first + i] = now;
      }
      Functions.call(WEIGHTS, records, records, records, count, 0, 0, 0, 0, 0, begin, end);
      values(records, first, count, range);
      for (int i = 0; i < count; i++) {
        int record = i * AttentionRecord.FLOATS;
        weights[first + i] =
            weights[first + i] * scratch[record + AttentionRecord.KEPT]
                + scratch[record + AttentionRecord.SUM];
      }
    }

    private void scores(MemorySegment records, int first, int count, long begin, long end) {
      int group = shape.groupSize();
      int headDim = shape.headDim();
      int at = first / group * shape.queryDim() + first % group * headDim;
      Functions.call(
          SCORES,
          Functions.at(query, queryOffset + at),
          MemorySegment.ofArray(keys),
          records,
          count,
          group - first % group,
          group,
          headDim,
          (long) (shape.queryDim() - group * headDim) * Float.BYTES,
          Float.floatToRawIntBits(shape.scale()),
          begin,
          end);
    }

    private void values(MemorySegment records, int first, int count, Range range) {
      int headDim = shape.headDim();
      Functions.call(
          VALUES,
          records,
          Functions.at(values, range.begin() * headDim),
          Functions.at(sums, first * headDim),
          count,
          (long) headDim * Float.BYTES,
          range.end() - range.begin(),
          range.begin(),
          0,
          0,
          0,
          0);
    }
  }
}
