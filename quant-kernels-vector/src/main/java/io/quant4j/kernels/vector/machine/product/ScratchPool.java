package io.quant4j.kernels.vector.machine.product;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Scratch that waits for its next call: never more than there were calls at one time. */
final class ScratchPool {
  private final Queue<Scratch> free = new ConcurrentLinkedQueue<>();

  ScratchPool() {}

  Scratch take() {
    Scratch scratch = free.poll();
    return scratch == null ? new Scratch() : scratch;
  }

  void give(Scratch scratch) {
    free.add(scratch);
  }
}
