package io.quant4j.kernels.vector.machine.product;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Scratch that waits for its next call, one for each of some threads. A thread looks first where it
 * left its own, so that neither of them waits and no list has to be made.
 */
final class ScratchPool {
  private static final int PLACES = 1 << 8;

  private final AtomicReferenceArray<Scratch> free = new AtomicReferenceArray<>(PLACES);

  ScratchPool() {}

  private static int place(int i) {
    return (int) (Thread.currentThread().threadId() + i) & PLACES - 1;
  }

  Scratch take() {
    for (int i = 0; i < PLACES; i++) {
      Scratch scratch = free.getAndSet(place(i), null);
      if (scratch != null) {
        return scratch;
      }
    }
    return new Scratch();
  }

  /** Keeps it, unless as many are kept already as can be. */
  void give(Scratch scratch) {
    for (int i = 0; i < PLACES; i++) {
      if (free.compareAndSet(place(i), null, scratch)) {
        return;
      }
    }
  }
}
