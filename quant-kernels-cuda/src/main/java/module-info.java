import io.quant4j.api.spi.KernelBackend;
import io.quant4j.kernels.cuda.CudaBackend;
import org.jspecify.annotations.NullMarked;

/** Operations on NVIDIA GPUs. */
@NullMarked
module io.quant4j.kernels.cuda {
  requires io.quant4j.api;
  requires io.quant4j.core;
  requires org.slf4j;
  requires static org.jspecify;

  provides KernelBackend with
      CudaBackend;
}
