package io.quant4j.kernels.vector.machine.product;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

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

  /** All of an array. */
  static MemorySegment of(float[] array) {
    int place = System.identityHashCode(array) % PLACES;
    WeakReference<MemorySegment> kept = KEPT.get(place);
    MemorySegment segment = kept == null ? null : kept.get();
    if (segment == null || !segment.heapBase().orElseThrow().equals(array)) {
      segment = MemorySegment.ofArray(array);
      KEPT.set(place, new WeakReference<>(segment));
    }
    return segment;
  }
}
