package io.quant4j.kernels.vector;

import io.quant4j.api.spi.AddKernel;
import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RmsNormKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.SwiGluKernel;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.format.BF16;
import io.quant4j.core.format.F16;
import io.quant4j.core.format.F32;
import io.quant4j.core.format.Q4_0;
import io.quant4j.core.format.Q4_K;
import io.quant4j.core.format.Q5_K;
import io.quant4j.core.format.Q6_K;
import io.quant4j.core.format.Q8_0;
import io.quant4j.kernels.vector.decode.Bf16Decoder;
import io.quant4j.kernels.vector.decode.F16Decoder;
import io.quant4j.kernels.vector.decode.F32Decoder;
import io.quant4j.kernels.vector.decode.Q4KDecoder;
import io.quant4j.kernels.vector.decode.Q4Decoder;
import io.quant4j.kernels.vector.decode.Q5KDecoder;
import io.quant4j.kernels.vector.decode.Q6KDecoder;
import io.quant4j.kernels.vector.decode.Q8Decoder;
import io.quant4j.kernels.vector.matmul.PanelMatMul;
import io.quant4j.kernels.vector.op.VectorAdd;
import io.quant4j.kernels.vector.op.VectorAttention;
import io.quant4j.kernels.vector.op.VectorRmsNorm;
import io.quant4j.kernels.vector.op.VectorSwiGlu;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The table of what this backend has; scalar kernels fill the rest. */
final class VectorKernels implements HostKernels {
  private final Map<FormatId, RowDecoder> decoders = new HashMap<>();
  private final Map<FormatId, MatMulKernel> products = new HashMap<>();

  VectorKernels() {
    add(new F32(), new F32Decoder());
    add(new F16(), new F16Decoder());
    add(new BF16(), new Bf16Decoder());
    add(new Q8_0(), new Q8Decoder());
    add(new Q4_0(), new Q4Decoder());
    add(new Q4_K(), new Q4KDecoder());
    add(new Q5_K(), new Q5KDecoder());
    add(new Q6_K(), new Q6KDecoder());
  }

  private void add(BlockFormat format, RowDecoder decoder) {
    decoders.put(format.id(), decoder);
    products.put(format.id(), new PanelMatMul(format, decoder));
  }

  @Override
  public Optional<MatMulKernel> matMul(FormatId weights) {
    return Optional.ofNullable(products.get(weights));
  }

  @Override
  public Optional<RowDecoder> decoder(FormatId format) {
    return Optional.ofNullable(decoders.get(format));
  }

  @Override
  public Optional<RmsNormKernel> rmsNorm() {
    return Optional.of(new VectorRmsNorm());
  }

  @Override
  public Optional<AttentionKernel> attention() {
    return Optional.of(new VectorAttention());
  }

  @Override
  public Optional<SwiGluKernel> swiGlu() {
    return Optional.of(new VectorSwiGlu());
  }

  @Override
  public Optional<AddKernel> add() {
    return Optional.of(new VectorAdd());
  }
}
