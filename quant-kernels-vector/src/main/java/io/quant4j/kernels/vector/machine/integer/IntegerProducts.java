package io.quant4j.kernels.vector.machine.integer;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.PreparedMatMul;
import io.quant4j.api.tensor.FormatId;
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
import io.quant4j.core.format.TQ1_0;
import io.quant4j.core.format.TQ2_0;
import io.quant4j.kernels.vector.machine.product.Constants;
import io.quant4j.kernels.vector.machine.product.Functions;
import io.quant4j.kernels.vector.machine.product.RowCode;
import io.quant4j.kernels.vector.machine.product.RowsCode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The formats with products in integers: those whose products in floats keep a thread from reading
 * as fast as the memory gives.
 */
public final class IntegerProducts {
  private record Entry(BlockFormat format, Function<Constants, RowCode> code) {}

  /** What is not asked for costs no time at the start: each case loads classes of its own. */
  private static @Nullable Entry entry(FormatId format) {
    return switch (format.name()) {
      case "Q4_0" -> new Entry(new Q4_0(), GroupsOf32::ofQ4_0);
      case "Q4_1" -> new Entry(new Q4_1(), GroupsOf32::ofQ4_1);
      case "Q5_0" -> new Entry(new Q5_0(), GroupsOf32::ofQ5_0);
      case "Q5_1" -> new Entry(new Q5_1(), GroupsOf32::ofQ5_1);
      case "IQ4_NL" -> new Entry(new IQ4_NL(), GroupsOf32::ofIQ4_NL);
      case "IQ4_XS" -> new Entry(new IQ4_XS(), GroupIQ4_XS::new);
      case "MXFP4" -> new Entry(new MXFP4(), GroupsOf32::ofMXFP4);
      case "Q2_K" -> new Entry(new Q2_K(), GroupQ2_K::new);
      case "Q3_K" -> new Entry(new Q3_K(), GroupQ3_K::new);
      case "Q4_K" -> new Entry(new Q4_K(), GroupQ4_K::new);
      case "Q5_K" -> new Entry(new Q5_K(), GroupQ5_K::new);
      case "Q6_K" -> new Entry(new Q6_K(), GroupQ6_K::new);
      case "Q1_0" -> new Entry(new Q1_0(), ScaledSteps::ofQ1_0);
      case "Q2_0" -> new Entry(new Q2_0(), ScaledSteps::ofQ2_0);
      case "NVFP4" -> new Entry(new NVFP4(), ScaledSteps::ofNVFP4);
      case "IQ1_M" -> new Entry(new IQ1_M(), GroupIQ1_M::new);
      case "IQ1_S" -> new Entry(new IQ1_S(), GroupIQ1_S::new);
      case "IQ2_S" -> new Entry(new IQ2_S(), GroupIQ2_S::new);
      case "IQ2_XS" -> new Entry(new IQ2_XS(), GroupIQ2_XS::new);
      case "IQ2_XXS" -> new Entry(new IQ2_XXS(), GroupIQ2_XXS::new);
      case "IQ3_S" -> new Entry(new IQ3_S(), GroupIQ3_S::new);
      case "IQ3_XXS" -> new Entry(new IQ3_XXS(), GroupIQ3_XXS::new);
      case "TQ1_0" -> new Entry(new TQ1_0(), TernaryGroup::ofTQ1_0);
      case "TQ2_0" -> new Entry(new TQ2_0(), TernaryGroup::ofTQ2_0);
      default -> null;
    };
  }

  private final IntegerVectors preparation = new IntegerVectors();
  private final Map<FormatId, PreparedMatMul> kernels = new ConcurrentHashMap<>();

  /** Only where {@link io.quant4j.kernels.vector.machine.MachineCode#multipliesWords}. */
  public IntegerProducts() {}

  /** The kernel of a format; its code is made when it is first asked for. */
  public Optional<PreparedMatMul> matMul(FormatId id) {
    Entry entry = entry(id);
    return entry == null
        ? Optional.empty()
        : Optional.of(kernels.computeIfAbsent(id, i -> kernel(entry)));
  }

  private PreparedMatMul kernel(Entry entry) {
    return new IntegerMatMul(entry.format(), Functions.map(RowsCode.of(entry.code())), preparation);
  }
}
