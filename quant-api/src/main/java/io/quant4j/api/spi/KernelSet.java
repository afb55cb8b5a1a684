package io.quant4j.api.spi;

/** What a backend offers, by where its memory is. */
public sealed interface KernelSet {

  /**
   * Kernels on host memory; core fills gaps with scalar ones and brings the threads.
   *
   * @param kernels any subset of the operations
   */
  record OnHost(HostKernels kernels) implements KernelSet {}

  /**
   * All operations on a device's own memory.
   *
   * @param operations complete; closed by core
   */
  record OnDevice(Operations operations) implements KernelSet {}
}
