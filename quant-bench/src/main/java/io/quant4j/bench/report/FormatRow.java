package io.quant4j.bench.report;

import io.quant4j.api.error.QuantException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.bench.Subjects;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * One format: the matrices of all layers in it, the rest of the model in F32.
 *
 * @param name as upstream spells it
 * @param scalarEncoding million elements per second and thread; the other speeds likewise
 */
record FormatRow(
    String name,
    double bitsPerWeight,
    Comparison measured,
    OptionalDouble scalarEncoding,
    OptionalDouble vectorEncoding,
    OptionalDouble scalarDecoding,
    OptionalDouble vectorDecoding) {

  static FormatRow of(BlockFormat format, Comparison measured, CodecSpeed speed) {
    return new FormatRow(
        format.id().name(),
        format.bitsPerWeight(),
        measured,
        of("scalar", kernels -> speed.encoding(kernels, format)),
        of("vector", kernels -> speed.encoding(kernels, format)),
        of("scalar", kernels -> speed.decoding(kernels, format)),
        of("vector", kernels -> speed.decoding(kernels, format)));
  }

  private static OptionalDouble of(
      String backend, Function<HostKernels, OptionalDouble> measurement) {
    try {
      return measurement.apply(Subjects.kernels(backend));
    } catch (QuantException | IllegalArgumentException e) {
      return OptionalDouble.empty();
    }
  }
}
