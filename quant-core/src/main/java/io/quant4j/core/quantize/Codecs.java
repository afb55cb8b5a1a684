package io.quant4j.core.quantize;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.discovery.Extensions;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The formats installed and the fastest kernels for them.
 *
 * @param find a format by name
 * @param require a format by name, or an error about the place given
 * @param kernels asked first for encoders and decoders
 */
record Codecs(
    Function<FormatId, Optional<BlockFormat>> find,
    BiFunction<FormatId, ErrorLocation, BlockFormat> require,
    HostKernels kernels) {

  private static final Set<FormatId> PLAIN =
      Set.of(FormatId.F32, FormatId.F16, FormatId.BF16, new FormatId("F64"));

  static Codecs of(Extensions extensions, HostKernels kernels) {
    return new Codecs(extensions::findFormat, extensions::format, kernels);
  }

  /** Whether a format holds numbers as trained, not quantized ones. */
  static boolean isPlain(FormatId format) {
    return PLAIN.contains(format);
  }

  Optional<BlockFormat> find(FormatId id) {
    return find.apply(id);
  }

  /**
   * @throws io.quant4j.api.error.UnsupportedModelException listing the formats installed
   */
  BlockFormat require(FormatId id, ErrorLocation where) {
    return require.apply(id, where);
  }

  RowDecoder decoder(BlockFormat format) {
    return kernels.decoder(format.id()).orElse(format);
  }

  RowEncoder encoder(BlockFormat format) {
    return kernels.encoder(format.id()).orElse(format);
  }
}
