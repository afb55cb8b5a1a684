package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.ExpertChoice;

/**
 * Chosen experts in device memory: numbers (batch, used), then weights (batch, used).
 *
 * @param memory address
 * @param room slots that there is memory for
 */
record CudaExpertChoice(CudaOperations operations, int batch, int used, long memory, long room)
    implements ExpertChoice {

  /** Bytes that a choice takes. */
  static long bytes(int batch, int used) {
    return (long) batch * used * (Integer.BYTES + Float.BYTES);
  }

  boolean hasRoom(int tokens, int experts) {
    return (long) tokens * experts <= room;
  }

  /** The same memory for a choice of another size. */
  CudaExpertChoice of(int tokens, int experts) {
    return new CudaExpertChoice(operations, tokens, experts, memory, room);
  }

  long numbers() {
    return memory;
  }

  long weights() {
    return memory + room * Integer.BYTES;
  }

  @Override
  public int[] experts() {
    return operations.readInts(numbers(), batch * used);
  }
}
