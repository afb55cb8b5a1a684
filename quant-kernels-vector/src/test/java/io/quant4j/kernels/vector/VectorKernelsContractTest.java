package io.quant4j.kernels.vector;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.contract.HostKernelsContract;
import io.quant4j.core.discovery.Extensions;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The vector kernels keep the contract at the width of this run; the build runs it at each width.
 */
class VectorKernelsContractTest extends HostKernelsContract {
  private static final List<String> MULTIPLIED =
      List.of("F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_K", "Q5_K", "Q6_K");

  private static final List<String> ENCODED =
      List.of("IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S");

  @Override
  protected HostKernels kernels() {
    return ((KernelSet.OnHost) new VectorBackend().open()).kernels();
  }

  @Override
  protected Collection<BlockFormat> formats() {
    return Extensions.installed().formats();
  }

  /** Every operation of a forward pass, with the formats that models are mostly stored in. */
  @Override
  protected Set<String> required() {
    Set<String> required =
        new HashSet<>(
            List.of(
                "rmsNorm",
                "rotary INTERLEAVED",
                "rotary HALF_SPLIT",
                "attention",
                "swiGlu",
                "add"));
    MULTIPLIED.forEach(format -> required.add("matMul " + format));
    ENCODED.forEach(format -> required.add("encode " + format));
    return required;
  }
}
