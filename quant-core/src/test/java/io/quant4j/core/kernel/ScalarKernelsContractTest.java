package io.quant4j.core.kernel;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.contract.HostKernelsContract;
import io.quant4j.core.discovery.Extensions;
import java.util.Collection;
import java.util.Set;

/** The scalar kernels keep the contract for every installed format, with nothing left out. */
class ScalarKernelsContractTest extends HostKernelsContract {

  @Override
  protected HostKernels kernels() {
    return ScalarBackend.kernels();
  }

  @Override
  protected Collection<BlockFormat> formats() {
    return Extensions.installed().formats();
  }

  @Override
  protected Set<String> required() {
    return everything();
  }
}
