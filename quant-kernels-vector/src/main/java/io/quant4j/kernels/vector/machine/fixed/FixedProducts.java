package io.quant4j.kernels.vector.machine.fixed;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.format.BF16;
import io.quant4j.core.format.F16;
import io.quant4j.core.format.F32;
import io.quant4j.core.format.IQ1_M;
import io.quant4j.core.format.IQ1_S;
import io.quant4j.core.format.IQ2_S;
import io.quant4j.core.format.IQ2_XS;
import io.quant4j.core.format.IQ2_XXS;
import io.quant4j.core.format.IQ3_S;
import io.quant4j.core.format.IQ3_XXS;
import io.quant4j.core.format.IQ4_NL;
import io.quant4j.core.format.IQ4_XS;
import io.quant4j.core.format.MXFP4;
import io.quant4j.core.format.NVFP4;
import io.quant4j.core.format.Q1_0;
import io.quant4j.core.format.Q2_0;
import io.quant4j.core.format.Q2_K;
import io.quant4j.core.format.Q3_K;
import io.quant4j.core.format.Q4_0;
import io.quant4j.core.format.Q4_1;
import io.quant4j.core.format.Q4_K;
import io.quant4j.core.format.Q5_0;
import io.quant4j.core.format.Q5_1;
import io.quant4j.core.format.Q5_K;
import io.quant4j.core.format.Q6_K;
import io.quant4j.core.format.Q8_0;
import io.quant4j.core.format.TQ1_0;
import io.quant4j.core.format.TQ2_0;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The formats with products in fixed point: all of weights. A new one is a line here; what else is
 * needed of it is a decoder.
 */
public final class FixedProducts {
  private static final Map<FormatId, BlockFormat> FORMATS =
      List.<BlockFormat>of(
              new F32(),
              new F16(),
              new BF16(),
              new Q8_0(),
              new Q4_0(),
              new Q4_1(),
              new Q5_0(),
              new Q5_1(),
              new Q2_K(),
              new Q3_K(),
              new Q4_K(),
              new Q5_K(),
              new Q6_K(),
              new IQ1_S(),
              new IQ1_M(),
              new IQ2_XXS(),
              new IQ2_XS(),
              new IQ2_S(),
              new IQ3_XXS(),
              new IQ3_S(),
              new IQ4_NL(),
              new IQ4_XS(),
              new MXFP4(),
              new NVFP4(),
              new Q1_0(),
              new Q2_0(),
              new TQ1_0(),
              new TQ2_0())
          .stream()
          .collect(Collectors.toMap(BlockFormat::id, Function.identity()));

  private final FixedVectors preparation = new FixedVectors();
  private final Map<FormatId, PreparedMatMul> kernels = new ConcurrentHashMap<>();

  /** Only where {@link io.quant4j.kernels.vector.machine.MachineCode#multipliesWords}. */
  public FixedProducts() {}

  /**
   * The kernel of a format.
   *
   * @param decoder a faster one than the format's own, if there is one
   */
  public Optional<PreparedMatMul> matMul(FormatId id, Optional<RowDecoder> decoder) {
    BlockFormat format = FORMATS.get(id);
    return format == null
        ? Optional.empty()
        : Optional.of(kernels.computeIfAbsent(id, i -> kernel(format, decoder)));
  }

  private PreparedMatMul kernel(BlockFormat format, Optional<RowDecoder> decoder) {
    return new FixedMatMul(format, decoder.orElse(format::decode), preparation);
  }
}
