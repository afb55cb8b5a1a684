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
  /** Formats of tensors that nobody multiplies. */
  private static final Set<String> NOT_MULTIPLIED = Set.of("F64", "I8", "I16", "I32", "I64");

  /** Formats that are left to plain Java where there is no machine code. */
  private static final Set<String> NOT_DECODED = Set.of("F16");

  /** Formats that plain Java encodes as fast: a copy, and one instruction per number. */
  private static final Set<String> NOT_ENCODED = Set.of("F32", "F16");

  @Override
  protected HostKernels kernels() {
    return ((KernelSet.OnHost) new VectorBackend().open()).kernels();
  }

  @Override
  protected Collection<BlockFormat> formats() {
    return Extensions.installed().formats();
  }

  /** Every operation of a forward pass, with all formats of weights, and all encoders. */
  @Override
  protected Set<String> required() {
    Set<String> required =
        new HashSet<>(
            List.of(
                "rmsNorm",
                "rotary INTERLEAVED",
                "rotary HALF_SPLIT",
                "attention",
                "cappedAttention",
                "swiGlu",
                "geGlu",
                "add"));
    for (BlockFormat format : formats()) {
      String name = format.id().name();
      if (!NOT_MULTIPLIED.contains(name)) {
        required.add("matMul " + name);
        if (!NOT_DECODED.contains(name)) {
          required.add("decode " + name);
        }
        if (!NOT_ENCODED.contains(name)) {
          required.add("encode " + name);
        }
      }
    }
    return required;
  }
}
