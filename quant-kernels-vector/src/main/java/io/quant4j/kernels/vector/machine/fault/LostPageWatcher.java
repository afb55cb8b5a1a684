package io.quant4j.kernels.vector.machine.fault;

import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.spi.MappedMemoryWatcher;
import io.quant4j.kernels.vector.machine.MachineCode;
import java.util.Optional;

/** Watches where machine code may run: any processor of x86-64 will do. */
public final class LostPageWatcher implements MappedMemoryWatcher {

  /** For the service loader. */
  public LostPageWatcher() {}

  @Override
  public Optional<Watch> watch(long address, long bytes) {
    if (MachineCode.refusal().isPresent()) {
      return Optional.empty();
    }
    try {
      return LostPages.watch(address, bytes);
    } catch (BackendUnavailableException | IllegalCallerException | LinkageError e) {
      return Optional.empty(); // the system or the JVM does not let native code run
    }
  }
}
