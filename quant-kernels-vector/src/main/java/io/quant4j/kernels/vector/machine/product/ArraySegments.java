package io.quant4j.kernels.vector.machine.product;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Segments of the arrays that were passed to code lately. Making one for every call, two objects
 * each, would be most of a token's garbage: a model passes the same few arrays again and again.
 * Arrays are not kept alive: whatever nobody else holds goes with the next garbage collection.
 */
final class ArraySegments {
  private static final int PLACES = 1 << 12;
  private static final AtomicReferenceArray<WeakReference<MemorySegment>> KEPT =
      new AtomicReferenceArray<>(PLACES);

  private ArraySegments() {}

  /** All of an array. Each has two places, so that two in use do not take turns in one. */
  static MemorySegment of(float[] array) {
    int hash = System.identityHashCode(array);
    int first = hash % PLACES;
    int second = hash / PLACES % PLACES;
    MemorySegment atFirst = at(first);
    if (atFirst != null && isOf(atFirst, array)) {
      return atFirst;
    }
    MemorySegment atSecond = at(second);
    if (atSecond != null && isOf(atSecond, array)) {
      return atSecond;
    }
    MemorySegment segment = MemorySegment.ofArray(array);
    KEPT.set(atFirst == null ? first : second, new WeakReference<>(segment));
    return segment;
  }

  private static @Nullable MemorySegment at(int place) {
    WeakReference<MemorySegment> kept = KEPT.get(place);
    return kept == null ? null : kept.get();
  }

  private static boolean isOf(MemorySegment segment, float[] array) {
    return segment.heapBase().orElseThrow().equals(array);
  }
}
