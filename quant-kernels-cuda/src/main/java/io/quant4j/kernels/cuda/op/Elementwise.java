package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.GateActivation;

/** Operations with one thread for each element, and norms. Not thread-safe. */
final class Elementwise {
  private final Work work;

  Elementwise(Work work) {
    this.work = work;
  }

  void rmsNorm(Buffer x, Buffer gain, float epsilon, int batch, Buffer out) {
    work.kernel("ops", "rms_norm")
        .pointer(CudaBuffer.address(x))
        .pointer(CudaBuffer.address(gain))
        .floats(epsilon)
        .ints((int) gain.length())
        .pointer(CudaBuffer.address(out))
        .launch(Geometry.rows(batch));
  }

  void addBias(Buffer x, Buffer bias, int batch) {
    long n = batch * bias.length();
    work.kernel("ops", "add_bias")
        .pointer(CudaBuffer.address(x))
        .pointer(CudaBuffer.address(bias))
        .ints((int) bias.length())
        .longs(n)
        .launch(Geometry.elements(n));
  }

  /** {@code gate = activation(gate) * up}. */
  void gate(GateActivation activation, Buffer gate, Buffer up) {
    String kernel =
        switch (activation) {
          case SILU -> "swi_glu";
          case GELU -> "ge_glu";
        };
    work.kernel("ops", kernel)
        .pointer(CudaBuffer.address(gate))
        .pointer(CudaBuffer.address(up))
        .longs(gate.length())
        .launch(Geometry.elements(gate.length()));
  }

  /** What a kernel does with every element and one number. */
  void withNumber(String kernel, Buffer x, float number) {
    work.kernel("ops", kernel)
        .pointer(CudaBuffer.address(x))
        .floats(number)
        .longs(x.length())
        .launch(Geometry.elements(x.length()));
  }

  void addGated(Buffer x, Buffer gate, Buffer y, int batch) {
    work.kernel("ops", "add_gated")
        .pointer(CudaBuffer.address(x))
        .pointer(CudaBuffer.address(gate))
        .pointer(CudaBuffer.address(y))
        .ints((int) (x.length() / batch))
        .longs(x.length())
        .launch(Geometry.elements(x.length()));
  }

  void add(Buffer x, Buffer y) {
    work.kernel("ops", "add")
        .pointer(CudaBuffer.address(x))
        .pointer(CudaBuffer.address(y))
        .longs(x.length())
        .launch(Geometry.elements(x.length()));
  }
}
