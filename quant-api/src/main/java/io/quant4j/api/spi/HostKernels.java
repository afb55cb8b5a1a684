package io.quant4j.api.spi;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.tensor.FormatId;
import java.util.List;
import java.util.Optional;

/**
 * Kernels that work on host memory. Empty means "not mine". Kernels are stateless and thread-safe,
 * and each call works on the part it is given, so that core can spread one operation over its
 * threads.
 */
public interface HostKernels {

  /** Products with a matrix of this format. */
  default Optional<MatMulKernel> matMul(FormatId weights) {
    return Optional.empty();
  }

  /**
   * Products of prepared vectors with a matrix of this format, faster than {@link #matMul} and
   * perhaps less precise. The first one whose preparation accepts an operation's size does it. Core
   * does not use them where results must not depend on the batch.
   */
  default List<PreparedMatMul> preparedMatMuls(FormatId weights) {
    return List.of();
  }

  /** Decoding of this format, equal to the last bit to the format's own. */
  default Optional<RowDecoder> decoder(FormatId format) {
    return Optional.empty();
  }

  /** Encoding of this format, equal to the last byte to the format's own. */
  default Optional<RowEncoder> encoder(FormatId format) {
    return Optional.empty();
  }

  default Optional<RmsNormKernel> rmsNorm() {
    return Optional.empty();
  }

  default Optional<RotaryKernel> rotary(RotaryLayout layout) {
    return Optional.empty();
  }

  /** Attention without soft cap. */
  default Optional<AttentionKernel> attention() {
    return Optional.empty();
  }

  /** Attention with a soft cap. */
  default Optional<AttentionKernel> cappedAttention() {
    return Optional.empty();
  }

  default Optional<SwiGluKernel> swiGlu() {
    return Optional.empty();
  }

  default Optional<GeGluKernel> geGlu() {
    return Optional.empty();
  }

  default Optional<AddKernel> add() {
    return Optional.empty();
  }
}
