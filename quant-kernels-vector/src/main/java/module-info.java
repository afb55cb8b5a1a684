import io.quant4j.api.spi.KernelBackend;
import io.quant4j.api.spi.MappedMemoryWatcher;
import io.quant4j.kernels.vector.VectorBackend;
import io.quant4j.kernels.vector.machine.fault.LostPageWatcher;
import org.jspecify.annotations.NullMarked;

/** Kernels on the Vector API. */
@NullMarked
module io.quant4j.kernels.vector {
  requires io.quant4j.api;
  requires io.quant4j.core;
  requires jdk.incubator.vector;
  requires static org.jspecify;

  provides KernelBackend with
      VectorBackend;
  provides MappedMemoryWatcher with
      LostPageWatcher;
}
