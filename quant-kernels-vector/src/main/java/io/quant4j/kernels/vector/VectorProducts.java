package io.quant4j.kernels.vector;

import io.quant4j.api.spi.MatMulKernel;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.kernels.vector.matmul.VectorBF16;
import io.quant4j.kernels.vector.matmul.VectorF16;
import io.quant4j.kernels.vector.matmul.VectorF32;
import io.quant4j.kernels.vector.matmul.VectorIQ1_M;
import io.quant4j.kernels.vector.matmul.VectorIQ1_S;
import io.quant4j.kernels.vector.matmul.VectorIQ2_S;
import io.quant4j.kernels.vector.matmul.VectorIQ2_XS;
import io.quant4j.kernels.vector.matmul.VectorIQ2_XXS;
import io.quant4j.kernels.vector.matmul.VectorIQ3_S;
import io.quant4j.kernels.vector.matmul.VectorIQ3_XXS;
import io.quant4j.kernels.vector.matmul.VectorIQ4_NL;
import io.quant4j.kernels.vector.matmul.VectorIQ4_XS;
import io.quant4j.kernels.vector.matmul.VectorMXFP4;
import io.quant4j.kernels.vector.matmul.VectorNVFP4;
import io.quant4j.kernels.vector.matmul.VectorQ1_0;
import io.quant4j.kernels.vector.matmul.VectorQ2_0;
import io.quant4j.kernels.vector.matmul.VectorQ2_K;
import io.quant4j.kernels.vector.matmul.VectorQ3_K;
import io.quant4j.kernels.vector.matmul.VectorQ4_0;
import io.quant4j.kernels.vector.matmul.VectorQ4_1;
import io.quant4j.kernels.vector.matmul.VectorQ4_K;
import io.quant4j.kernels.vector.matmul.VectorQ5_0;
import io.quant4j.kernels.vector.matmul.VectorQ5_1;
import io.quant4j.kernels.vector.matmul.VectorQ5_K;
import io.quant4j.kernels.vector.matmul.VectorQ6_K;
import io.quant4j.kernels.vector.matmul.VectorQ8_0;
import io.quant4j.kernels.vector.matmul.VectorTQ1_0;
import io.quant4j.kernels.vector.matmul.VectorTQ2_0;
import org.jspecify.annotations.Nullable;

/**
 * The products on the Vector API. A new one is a line here. A class is loaded when its format is
 * first met: all of them would delay the first token by tens of milliseconds.
 */
final class VectorProducts {
  private VectorProducts() {}

  /** A new kernel of a format, if there is one. */
  static @Nullable MatMulKernel of(FormatId format) {
    return switch (format.name()) {
      case "F32" -> new VectorF32();
      case "F16" -> new VectorF16();
      case "BF16" -> new VectorBF16();
      case "Q8_0" -> new VectorQ8_0();
      case "Q4_0" -> new VectorQ4_0();
      case "Q4_1" -> new VectorQ4_1();
      case "Q5_0" -> new VectorQ5_0();
      case "Q5_1" -> new VectorQ5_1();
      case "Q2_K" -> new VectorQ2_K();
      case "Q3_K" -> new VectorQ3_K();
      case "Q4_K" -> new VectorQ4_K();
      case "Q5_K" -> new VectorQ5_K();
      case "Q6_K" -> new VectorQ6_K();
      case "IQ1_S" -> new VectorIQ1_S();
      case "IQ1_M" -> new VectorIQ1_M();
      case "IQ2_XXS" -> new VectorIQ2_XXS();
      case "IQ2_XS" -> new VectorIQ2_XS();
      case "IQ2_S" -> new VectorIQ2_S();
      case "IQ3_XXS" -> new VectorIQ3_XXS();
      case "IQ3_S" -> new VectorIQ3_S();
      case "IQ4_NL" -> new VectorIQ4_NL();
      case "IQ4_XS" -> new VectorIQ4_XS();
      case "MXFP4" -> new VectorMXFP4();
      case "NVFP4" -> new VectorNVFP4();
      case "Q1_0" -> new VectorQ1_0();
      case "Q2_0" -> new VectorQ2_0();
      case "TQ1_0" -> new VectorTQ1_0();
      case "TQ2_0" -> new VectorTQ2_0();
      default -> null;
    };
  }
}
