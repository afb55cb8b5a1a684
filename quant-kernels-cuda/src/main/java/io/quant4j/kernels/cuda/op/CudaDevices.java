package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.Device;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.kernels.cuda.driver.Cuda;
import io.quant4j.kernels.cuda.driver.DeviceContext;
import io.quant4j.kernels.cuda.driver.DeviceFacts;
import java.util.ArrayList;
import java.util.List;

/** Takes devices into use. */
public final class CudaDevices {
  private CudaDevices() {}

  /**
   * All operations on these devices.
   *
   * @param cuda initialized
   */
  public static KernelSet.OnDevices open(Cuda cuda, List<DeviceFacts> facts) {
    List<Device> opened = new ArrayList<>();
    try {
      for (DeviceFacts device : facts) {
        opened.add(new CudaDevice(DeviceContext.open(cuda, device)));
      }
      return new KernelSet.OnDevices(opened);
    } catch (RuntimeException | Error e) {
      opened.forEach(Device::close);
      throw e;
    }
  }
}
