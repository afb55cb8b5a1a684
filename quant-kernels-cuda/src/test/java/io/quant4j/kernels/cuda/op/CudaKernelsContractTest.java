package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.contract.HostKernelsContract;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

/** The operations of a device, held to the contract of the kernels of the host. */
@Tag("emulation")
@Tag("gpu")
class CudaKernelsContractTest extends HostKernelsContract {
  private final OperationsAsKernels kernels = new OperationsAsKernels();

  @AfterEach
  void close() {
    kernels.close();
  }

  @Override
  protected HostKernels kernels() {
    return kernels;
  }

  @Override
  protected Collection<BlockFormat> formats() {
    return DeviceFormat.all().stream().map(DeviceFormat::blocks).toList();
  }

  /** Everything but encoding. */
  @Override
  protected Set<String> required() {
    Set<String> required = new TreeSet<>(everything());
    required.removeIf(name -> name.startsWith("encode "));
    return required;
  }
}
