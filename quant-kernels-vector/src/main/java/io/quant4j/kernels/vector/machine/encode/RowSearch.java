package io.quant4j.kernels.vector.machine.encode;

import io.quant4j.kernels.vector.machine.product.Functions;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A search of the groups of a row by generated code. What the code reads and writes is held against
 * the sizes of its arrays before it is called.
 *
 * @param size elements of a group
 * @param steps the same search for batches of several sizes, the largest first, each a multiple of
 *     the next
 */
record RowSearch(int size, List<Step> steps) {
  /** Searched in one call: some tens of microseconds, in which garbage collection waits. */
  private static final int CALL_ELEMENTS = 1 << 14;

  /**
   * A function.
   *
   * @param elements of a batch
   */
  record Step(MemorySegment code, int elements) {
    Step(byte[] code, int elements) {
      this(Functions.map(code), elements);
    }
  }

  /** Elements that fill whole batches, for a row of {@code count}. */
  int padded(int count) {
    int smallest = steps.getLast().elements();
    return Math.ceilDiv(count, smallest) * smallest;
  }

  /** Floats of a plane of the results, for a row of {@code count} elements. */
  int planeFloats(int count) {
    return padded(count) / size;
  }

  /**
   * Searches all groups.
   *
   * @param from first element of the row
   * @param count elements, whole groups
   * @param importance of the columns, if the search uses it
   * @param extra receives a float for each of {@link #padded} elements, if the search gives it
   * @param results planes of {@link #planeFloats}
   * @param planes how many
   */
  void run(
      float[] row,
      int from,
      int count,
      float @Nullable [] importance,
      float @Nullable [] extra,
      float[] results,
      int planes) {
    Call call = new Call(MemorySegment.ofArray(results), planeFloats(count), planes);
    MemorySegment x = part(row, from, count);
    MemorySegment weights = importance == null ? x : part(importance, 0, count);
    MemorySegment second = extra == null ? weights : part(extra, 0, padded(count));
    int done = 0;
    for (Step step : steps) {
      int most = Math.max(CALL_ELEMENTS / step.elements(), 1);
      while (count - done >= step.elements()) {
        int batches = Math.min((count - done) / step.elements(), most);
        call.run(step, slice(x, done), slice(second, done), done, batches);
        done += batches * step.elements();
      }
    }
    if (done < count) {
      Step last = steps.getLast();
      MemorySegment rest = filledUp(row, from + done, count - done, last.elements());
      MemorySegment other = slice(second, done);
      if (importance != null) {
        other = filledUp(importance, done, count - done, last.elements());
      }
      call.run(last, rest, extra == null && importance == null ? rest : other, done, 1);
    }
  }

  private static MemorySegment part(float[] values, int from, int count) {
    return MemorySegment.ofArray(values).asSlice(bytes(from), bytes(count));
  }

  private static MemorySegment slice(MemorySegment floats, int from) {
    return floats.asSlice(bytes(from));
  }

  private static long bytes(int floats) {
    return (long) floats * Float.BYTES;
  }

  /** A copy that ends in zeros. */
  private static MemorySegment filledUp(float[] values, int from, int count, int length) {
    float[] copy = Arrays.copyOf(Arrays.copyOfRange(values, from, from + count), length);
    return MemorySegment.ofArray(copy);
  }

  /** What the calls for one row share. */
  private final class Call {
    private final MemorySegment results;
    private final int planeFloats;

    Call(MemorySegment results, int planeFloats, int planes) {
      this.results = results.asSlice(0, bytes(planes * planeFloats));
      this.planeFloats = planeFloats;
    }

    void run(Step step, MemorySegment x, MemorySegment second, int done, int batches) {
      MemorySegment to = slice(results, done / size);
      Functions.rows(step.code(), x, second, to, batches, bytes(planeFloats), 0);
    }
  }
}
