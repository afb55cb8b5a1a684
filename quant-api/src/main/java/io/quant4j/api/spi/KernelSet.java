package io.quant4j.api.spi;

import java.util.List;

/** What a backend offers, by where its memory is. */
public sealed interface KernelSet {

  /**
   * Kernels on host memory; core fills gaps with scalar ones and brings the threads.
   *
   * @param kernels any subset of the operations
   */
  record OnHost(HostKernels kernels) implements KernelSet {}

  /**
   * All operations on the memory of devices.
   *
   * @param devices at least one, the one to fill first before the others; closed by core
   */
  record OnDevices(List<Device> devices) implements KernelSet, AutoCloseable {

    public OnDevices {
      devices = List.copyOf(devices);
    }

    @Override
    public void close() {
      devices.forEach(Device::close);
    }
  }
}
