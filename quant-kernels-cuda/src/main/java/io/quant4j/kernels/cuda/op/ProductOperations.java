package io.quant4j.kernels.cuda.op;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.GateActivation;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.kernels.cuda.op.Products.Input;
import io.quant4j.kernels.cuda.op.Products.Mode;
import java.util.List;

/** Those operations that multiply with weights. */
abstract class ProductOperations extends RowOperations {
  final Transfers transfers;
  final Weights weights;
  private final Products products;

  ProductOperations(Work work, Transfers transfers, Weights weights, boolean exact) {
    super(work);
    this.transfers = transfers;
    this.weights = weights;
    this.products = new Products(work, weights, exact);
  }

  @Override
  public Weight bind(TensorView matrix) {
    try (var _ = work.enter()) {
      return weights.bind(matrix);
    }
  }

  @Override
  public Weight bindExperts(List<TensorView> matrices) {
    try (var _ = work.enter()) {
      return weights.bindStack(matrices);
    }
  }

  @Override
  public void matMul(Weight weight, Buffer x, int batch, Buffer out) {
    matMulEach(List.of(weight), x, batch, List.of(out));
  }

  @Override
  public void matMulEach(List<Weight> matrices, Buffer x, int batch, List<Buffer> outs) {
    try (var _ = work.enter()) {
      products.each(
          matrices.stream().map(CudaWeight.class::cast).toList(),
          Input.of(x, batch),
          outs.stream().map(CudaBuffer.class::cast).toList());
    }
  }

  @Override
  public void normMatMulEach(
      Buffer x,
      Buffer gain,
      float epsilon,
      List<Weight> matrices,
      int batch,
      List<Buffer> outs,
      Buffer normed) {
    try (var _ = work.enter()) {
      products.each(
          matrices.stream().map(CudaWeight.class::cast).toList(),
          Input.of(x, batch).normalizedBy(gain, epsilon),
          outs.stream().map(CudaBuffer.class::cast).toList());
    }
  }

  @Override
  public void matMulGated(
      Weight gate,
      Weight up,
      GateActivation activation,
      Buffer x,
      int batch,
      Buffer out,
      Buffer scratch) {
    try (var _ = work.enter()) {
      Input in = Input.of(x, batch);
      if (!products.gated(gate, up, mode(activation), in, (CudaBuffer) out)) {
        super.matMulGated(gate, up, activation, x, batch, out, scratch);
      }
    }
  }

  @Override
  public void normMatMulGated(
      Buffer x,
      Buffer gain,
      float epsilon,
      Weight gate,
      Weight up,
      GateActivation activation,
      int batch,
      Buffer out,
      Buffer normed,
      Buffer scratch) {
    try (var _ = work.enter()) {
      Input in = Input.of(x, batch).normalizedBy(gain, epsilon);
      if (!products.gated(gate, up, mode(activation), in, (CudaBuffer) out)) {
        normMatMulEach(x, gain, epsilon, List.of(gate, up), batch, List.of(out, scratch), normed);
        elementwise.gate(activation, out, scratch);
      }
    }
  }

  @Override
  public void matMulAdd(Weight weight, Buffer x, int batch, Buffer sum, Buffer scratch) {
    try (var _ = work.enter()) {
      products.add((CudaWeight) weight, Input.of(x, batch), (CudaBuffer) sum);
    }
  }

  private static Mode mode(GateActivation activation) {
    return switch (activation) {
      case SILU -> Mode.SILU_GATE;
      case GELU -> Mode.GELU_GATE;
    };
  }
}
