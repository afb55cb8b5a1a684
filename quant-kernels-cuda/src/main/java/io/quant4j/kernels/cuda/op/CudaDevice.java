package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.Device;
import io.quant4j.api.spi.Operations;
import io.quant4j.kernels.cuda.driver.DeviceContext;
import io.quant4j.kernels.cuda.driver.DeviceMemory;

/** A GPU in use. */
final class CudaDevice implements Device {
  /** What operations take for themselves beside weights, caches and scratch of a sequence. */
  private static final long SCRATCH_BYTES = 256L << 20;

  private final DeviceContext context;
  private final CudaOperations operations;

  CudaDevice(DeviceContext context) {
    this.context = context;
    this.operations = CudaOperations.on(context);
  }

  DeviceContext context() {
    return context;
  }

  @Override
  public String name() {
    return context.facts().name();
  }

  @Override
  public long freeBytes() {
    return Math.max(0, context.memory().freeBytes() - SCRATCH_BYTES);
  }

  @Override
  public long boundBytes(long storedBytes) {
    return DeviceMemory.rounded(storedBytes + Weights.PADDING);
  }

  @Override
  public Operations operations() {
    return operations;
  }

  @Override
  public void close() {
    operations.close();
  }
}
