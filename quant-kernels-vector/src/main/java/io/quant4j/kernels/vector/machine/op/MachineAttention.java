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
    check(shape, query, queryOffset, rows, keys, values, sums, scratch);
    int group = shape.groupSize();
    int headDim = shape.headDim();
    int together;
    for (int j = 0; j < rows * group; j += together) {
      int row = j / group;
      int begin = begin(shape, visible + row);
      int end = Math.min(TILE, visible + row);
      int same = sameRange(shape, visible, row, rows);
      together = Math.min(AttentionRecord.QUERIES, same * group - j);
      if (begin < end) {
        int at = queryOffset + row * shape.queryDim() + j % group * headDim;
        scores(
            shape, query, at, keys, group - j % group, begin, end, largest, j, together, scratch);
        weights(weights, j, together, begin, end, scratch);
        values(headDim, values, begin, end, sums, j, together, scratch);
      }
    }
  }

  /** First position of a tile that a row attends to; the end is what is visible of it. */
  private static int begin(AttentionShape shape, int visible) {
    return shape.window() == 0 ? 0 : Math.max(0, visible - shape.window());
  }

  /** Behind the last row that attends to the same positions. */
  private static int sameRange(AttentionShape shape, int visible, int row, int rows) {
    int end = row + 1;
    while (end < rows
        && begin(shape, visible + end) == begin(shape, visible + row)
        && Math.min(TILE, visible + end) == Math.min(TILE, visible + row)) {
      end++;
    }
    return end;
  }

  private static void check(
      AttentionShape shape,
      float[] query,
      int queryOffset,
      int rows,
      float[] keys,
      float[] values,
      float[] sums,
      float[] scratch) {
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

  /** Leaves the scores of some queries in the scratch, and what their sums are to be scaled by. */
  private static void scores(
      AttentionShape shape,
      float[] query,
      int at,
      float[] keys,
      int groupLeft,
      int begin,
      int end,
      float[] largest,
      int first,
      int count,
      float[] scratch) {
    for (int i = 0; i < count; i++) {
      scratch[i * AttentionRecord.FLOATS + AttentionRecord.LARGEST] = largest[first + i];
    }
    Functions.call(
        SCORES,
        query,
        at,
        keys,
        0,
        scratch,
        0,
        count,
        groupLeft,
        shape.groupSize(),
        shape.headDim(),
        (long) (shape.queryDim() - shape.groupSize() * shape.headDim()) * Float.BYTES,
        Float.floatToRawIntBits(shape.scale()),
        Float.floatToRawIntBits(begin),
        Float.floatToRawIntBits(end));
    for (int i = 0; i < count; i++) {
      int record = i * AttentionRecord.FLOATS;
      float now = scratch[record + AttentionRecord.LARGEST];
      scratch[record + AttentionRecord.KEPT] = (float) Math.exp(largest[first + i] - now);
      largest[first + i] = now;
    }
  }

  /** Turns scores into weights and adds these up. */
  private static void weights(
      float[] weights, int first, int count, int begin, int end, float[] scratch) {
    Functions.call(
        WEIGHTS,
        scratch,
        0,
        scratch,
        0,
        scratch,
        0,
        count,
        0,
        0,
        0,
        0,
        0,
        Float.floatToRawIntBits(begin),
        Float.floatToRawIntBits(end));
    for (int i = 0; i < count; i++) {
      int record = i * AttentionRecord.FLOATS;
      weights[first + i] =
          weights[first + i] * scratch[record + AttentionRecord.KEPT]
              + scratch[record + AttentionRecord.SUM];
    }
  }

  private static void values(
      int headDim,
      float[] values,
      int begin,
      int end,
      float[] sums,
      int first,
      int count,
      float[] scratch) {
    Functions.call(
        VALUES,
        scratch,
        0,
        values,
        begin * headDim,
        sums,
        first * headDim,
        count,
        (long) headDim * Float.BYTES,
        end - begin,
        begin,
        0,
        0,
        0,
        0);
  }
}
