package io.quant4j.kernels.cuda.op;

import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.error.DeviceException;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.Device;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.kernels.cuda.driver.Cuda;
import io.quant4j.kernels.cuda.driver.DeviceContext;
import io.quant4j.kernels.cuda.driver.DeviceFacts;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes devices into use. */
public final class CudaDevices {
  private static final Logger LOG = LoggerFactory.getLogger(CudaDevices.class);

  private CudaDevices() {}

  /**
   * All operations on these devices. One that cannot be had, as when another process has it for
   * itself, is left out as long as there are others.
   *
   * @param cuda initialized
   * @throws BackendUnavailableException if none can be had
   */
  public static KernelSet.OnDevices open(Cuda cuda, List<DeviceFacts> facts) {
    List<Device> opened = new ArrayList<>();
    List<DeviceException> refused = new ArrayList<>();
    try {
      for (DeviceFacts device : facts) {
        try {
          opened.add(new CudaDevice(DeviceContext.open(cuda, device)));
        } catch (DeviceException e) {
          refused.add(e);
        }
      }
      if (opened.isEmpty()) {
        DeviceException first = refused.getFirst();
        throw new BackendUnavailableException(
            ErrorLocation.subject("cuda"), first.reason(), first.remedy(), first);
      }
    } catch (RuntimeException | Error e) {
      opened.forEach(Device::close);
      throw e;
    }
    refused.forEach(e -> LOG.warn("a device is left out: {}", e.getMessage()));
    return new KernelSet.OnDevices(opened);
  }
}
