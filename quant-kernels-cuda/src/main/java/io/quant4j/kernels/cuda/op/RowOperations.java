package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.GateActivation;
import io.quant4j.api.spi.Operations;

/** Those operations that work on rows alone: no weight, no cache, nothing of the host. */
abstract class RowOperations implements Operations {
  final Work work;
  final Elementwise elementwise;

  RowOperations(Work work) {
    this.work = work;
    this.elementwise = new Elementwise(work);
  }

  @Override
  public void rmsNorm(Buffer x, Buffer gain, float epsilon, int batch, Buffer out) {
    try (var _ = work.enter()) {
      elementwise.rmsNorm(x, gain, epsilon, batch, out);
    }
  }

  @Override
  public void addBias(Buffer x, Buffer bias, int batch) {
    try (var _ = work.enter()) {
      elementwise.addBias(x, bias, batch);
    }
  }

  @Override
  public void swiGlu(Buffer gate, Buffer up) {
    try (var _ = work.enter()) {
      elementwise.gate(GateActivation.SILU, gate, up);
    }
  }

  @Override
  public void geGlu(Buffer gate, Buffer up) {
    try (var _ = work.enter()) {
      elementwise.gate(GateActivation.GELU, gate, up);
    }
  }

  @Override
  public void scale(Buffer x, float factor) {
    try (var _ = work.enter()) {
      elementwise.withNumber("scale", x, factor);
    }
  }

  @Override
  public void softCap(Buffer x, float cap) {
    try (var _ = work.enter()) {
      elementwise.withNumber("soft_cap", x, cap);
    }
  }

  @Override
  public void addGated(Buffer x, Buffer gate, Buffer y, int batch) {
    try (var _ = work.enter()) {
      elementwise.addGated(x, gate, y, batch);
    }
  }

  @Override
  public void add(Buffer x, Buffer y) {
    try (var _ = work.enter()) {
      elementwise.add(x, y);
    }
  }

  @Override
  public void copy(Buffer source, Buffer target) {
    try (var _ = work.enter()) {
      work.stream()
          .copy(
              CudaBuffer.address(target),
              CudaBuffer.address(source),
              ((CudaBuffer) source).bytes());
    }
  }
}
