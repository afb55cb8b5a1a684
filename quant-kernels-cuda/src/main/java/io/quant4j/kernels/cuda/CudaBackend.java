package io.quant4j.kernels.cuda;

import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.Availability;
import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.SpiVersion;
import io.quant4j.kernels.cuda.driver.DriverProbe;
import io.quant4j.kernels.cuda.op.CudaDevices;

/** Operations on NVIDIA GPUs, through the driver's library alone. */
public final class CudaBackend implements KernelBackend {

  /** For the service loader. */
  public CudaBackend() {}

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public int rank() {
    return 200;
  }

  @Override
  public int spiVersion() {
    return SpiVersion.CURRENT;
  }

  @Override
  public boolean usesDevices() {
    return true;
  }

  @Override
  public Availability probe() {
    return DriverProbe.probe().availability();
  }

  @Override
  public KernelSet open() {
    DriverProbe.Found found = DriverProbe.probe();
    return switch (found.availability()) {
      case Availability.Usable _ -> CudaDevices.open(found.cuda().orElseThrow(), found.devices());
      case Availability.Unusable(String reason, String remedy) ->
          throw new BackendUnavailableException(ErrorLocation.subject(name()), reason, remedy);
      case Availability.Absent(String reason, String remedy) ->
          throw new BackendUnavailableException(ErrorLocation.subject(name()), reason, remedy);
    };
  }
}
