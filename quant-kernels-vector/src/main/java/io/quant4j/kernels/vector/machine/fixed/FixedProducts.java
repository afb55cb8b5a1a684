package io.quant4j.kernels.vector.machine.fixed;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.discovery.Extensions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Products in fixed point for any format: what they know of it is its decoder. */
public final class FixedProducts {
  private final FixedVectors preparation = new FixedVectors();
  private final Map<FormatId, PreparedMatMul> kernels = new ConcurrentHashMap<>();

  /** Only where {@link io.quant4j.kernels.vector.machine.MachineCode#multipliesWords}. */
  public FixedProducts() {}

  /**
   * The kernel of a format.
   *
   * @param decoder a faster one than the format's own, if there is one
   */
  public PreparedMatMul matMul(FormatId format, Optional<RowDecoder> decoder) {
    return kernels.computeIfAbsent(
        format,
        id -> {
          BlockFormat blocks = Extensions.installed().format(id, ErrorLocation.none());
          return new FixedMatMul(blocks, decoder.orElse(blocks::decode), preparation);
        });
  }
}
