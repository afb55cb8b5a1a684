package io.quant4j.core.kernel;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AddKernel;
import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.GeGluKernel;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.RmsNormKernel;
import io.quant4j.api.spi.RotaryKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.spi.SwiGluKernel;
import io.quant4j.api.tensor.FormatId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Several sets of kernels as one: each operation comes from the first set that has it, gaps are
 * filled by the next.
 *
 * @param first asked first
 * @param rest asked where {@code first} has nothing
 */
public record KernelTable(HostKernels first, HostKernels rest) implements HostKernels {

  private <K> Optional<K> pick(Function<HostKernels, Optional<K>> choice) {
    return choice.apply(first).or(() -> choice.apply(rest));
  }

  @Override
  public Optional<MatMulKernel> matMul(FormatId weights) {
    return pick(k -> k.matMul(weights));
  }

  @Override
  public List<PreparedMatMul> preparedMatMuls(FormatId weights) {
    return Stream.of(first, rest).flatMap(k -> k.preparedMatMuls(weights).stream()).toList();
  }

  @Override
  public Optional<RowDecoder> decoder(FormatId format) {
    return pick(k -> k.decoder(format));
  }

  @Override
  public Optional<RowEncoder> encoder(FormatId format) {
    return pick(k -> k.encoder(format));
  }

  @Override
  public Optional<RmsNormKernel> rmsNorm() {
    return pick(HostKernels::rmsNorm);
  }

  @Override
  public Optional<RotaryKernel> rotary(RotaryLayout layout) {
    return pick(k -> k.rotary(layout));
  }

  @Override
  public Optional<AttentionKernel> attention() {
    return pick(HostKernels::attention);
  }

  @Override
  public Optional<AttentionKernel> cappedAttention() {
    return pick(HostKernels::cappedAttention);
  }

  @Override
  public Optional<SwiGluKernel> swiGlu() {
    return pick(HostKernels::swiGlu);
  }

  @Override
  public Optional<GeGluKernel> geGlu() {
    return pick(HostKernels::geGlu);
  }

  @Override
  public Optional<AddKernel> add() {
    return pick(HostKernels::add);
  }

  /** The kernel, or an error that names what is missing. */
  static <K> K require(Optional<K> kernel, String what) {
    return kernel.orElseThrow(() ->
        new UnsupportedModelException(
            ErrorLocation.subject(what),
            "no kernel for this operation is installed",
            "Add the jar that brings it, or choose another backend."));
  }
}
