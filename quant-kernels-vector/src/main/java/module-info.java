import io.quant4j.api.spi.KernelBackend;
import io.quant4j.kernels.vector.VectorBackend;
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
}
