package io.quant4j.kernels.vector.machine.product;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.format.BF16;
import io.quant4j.core.format.F16;
import io.quant4j.core.format.IQ4_NL;
import io.quant4j.core.format.IQ4_XS;
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
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The formats with machine code. A new one is a line here. */
public final class MachineProducts {
  private record Entry(BlockFormat format, Function<Constants, BlockCode> code) {}

  /** What is not asked for costs no time at the start: each case loads classes of its own. */
  private static @Nullable Entry entry(FormatId format) {
    return switch (format.name()) {
      case "F16" -> new Entry(new F16(), c -> BlockFloats.F16);
      case "BF16" -> new Entry(new BF16(), c -> BlockFloats.BF16);
      case "Q8_0" -> new Entry(new Q8_0(), c -> new BlockQ8_0());
      case "Q4_0" -> new Entry(new Q4_0(), NibbleBlocks::ofQ4_0);
      case "Q4_1" -> new Entry(new Q4_1(), NibbleBlocks::ofQ4_1);
      case "Q5_0" -> new Entry(new Q5_0(), FiveBitBlocks::ofQ5_0);
      case "Q5_1" -> new Entry(new Q5_1(), FiveBitBlocks::ofQ5_1);
      case "Q2_K" -> new Entry(new Q2_K(), BlockQ2_K::new);
      case "Q3_K" -> new Entry(new Q3_K(), BlockQ3_K::new);
      case "Q4_K" -> new Entry(new Q4_K(), BlockQ4_K::new);
      case "Q5_K" -> new Entry(new Q5_K(), BlockQ5_K::new);
      case "Q6_K" -> new Entry(new Q6_K(), BlockQ6_K::new);
      case "IQ4_NL" -> new Entry(new IQ4_NL(), NibbleBlocks::ofIQ4_NL);
      case "IQ4_XS" -> new Entry(new IQ4_XS(), BlockIQ4_XS::new);
      default -> null;
    };
  }

  private final MemorySegment tile = Functions.map(TileCode.bytes());
  private final MemorySegment sums = Functions.map(SumsCode.bytes());
  private final MemorySegment pack = Functions.map(PackCode.bytes());
  private final ScratchPool pool = new ScratchPool();
  private final Map<FormatId, MatMulKernel> kernels = new ConcurrentHashMap<>();
  private final Map<FormatId, RowDecoder> decoders = new ConcurrentHashMap<>();

  /** Only where {@link io.quant4j.kernels.vector.machine.MachineCode} is usable. */
  public MachineProducts() {}

  /**
   * The kernel of a format; its code is made when it is first asked for.
   *
   * @param twin the same product on the Vector API
   */
  public Optional<MatMulKernel> matMul(FormatId format, MatMulKernel twin) {
    Entry entry = entry(format);
    if (entry == null) {
      return Optional.empty();
    }
    return Optional.of(kernels.computeIfAbsent(format, f -> kernel(entry, twin)));
  }

  /**
   * A decoder of a format to the same bits.
   *
   * @param twin decodes what is no whole number of vectors
   */
  public Optional<RowDecoder> decoder(FormatId format, RowDecoder twin) {
    Entry entry = entry(format);
    if (entry == null) {
      return Optional.empty();
    }
    return Optional.of(decoders.computeIfAbsent(format, f -> decoder(entry, twin)));
  }

  private static RowDecoder decoder(Entry entry, RowDecoder twin) {
    return new MachineDecoder(
        entry.format(),
        entry.code().apply(new Constants()).elements(),
        Functions.map(PanelCode.of(entry.code(), 1)),
        twin);
  }

  private MatMulKernel kernel(Entry entry, MatMulKernel twin) {
    int elements = entry.code().apply(new Constants()).elements();
    MemorySegment panel = Functions.map(PanelCode.of(entry.code(), TileCode.ROWS));
    return new MachineMatMul(
        entry.format(),
        twin,
        Functions.map(RowsCode.of(c -> new FloatRowCode(entry.code().apply(c)))),
        new PanelFunctions(elements, pack, panel, tile, sums),
        pool);
  }
}
