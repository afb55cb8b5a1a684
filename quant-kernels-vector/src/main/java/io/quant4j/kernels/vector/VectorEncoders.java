package io.quant4j.kernels.vector;

import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.format.IQ2_S;
import io.quant4j.core.format.IQ2_XS;
import io.quant4j.core.format.IQ2_XXS;
import io.quant4j.core.format.IQ3_S;
import io.quant4j.core.format.IQ3_XXS;
import io.quant4j.kernels.vector.codebook.VectorCodebookEncoder;
import io.quant4j.kernels.vector.codebook.VectorTernaryEncoder;
import io.quant4j.kernels.vector.encode.VectorBF16Encoder;
import io.quant4j.kernels.vector.encode.VectorIQ4_NLEncoder;
import io.quant4j.kernels.vector.encode.VectorIQ4_XSEncoder;
import io.quant4j.kernels.vector.encode.VectorMXFP4Encoder;
import io.quant4j.kernels.vector.encode.VectorNVFP4Encoder;
import io.quant4j.kernels.vector.encode.VectorQ1_0Encoder;
import io.quant4j.kernels.vector.encode.VectorQ2_0Encoder;
import io.quant4j.kernels.vector.encode.VectorQ2_KEncoder;
import io.quant4j.kernels.vector.encode.VectorQ3_KEncoder;
import io.quant4j.kernels.vector.encode.VectorQ4_0Encoder;
import io.quant4j.kernels.vector.encode.VectorQ4_1Encoder;
import io.quant4j.kernels.vector.encode.VectorQ4_KEncoder;
import io.quant4j.kernels.vector.encode.VectorQ5_0Encoder;
import io.quant4j.kernels.vector.encode.VectorQ5_1Encoder;
import io.quant4j.kernels.vector.encode.VectorQ5_KEncoder;
import io.quant4j.kernels.vector.encode.VectorQ6_KEncoder;
import io.quant4j.kernels.vector.encode.VectorQ8_0Encoder;
import io.quant4j.kernels.vector.encode.VectorTQ1_0Encoder;
import io.quant4j.kernels.vector.encode.VectorTQ2_0Encoder;
import org.jspecify.annotations.Nullable;

/** The encoders on the Vector API, in the same way as {@link VectorProducts}. */
final class VectorEncoders {
  private VectorEncoders() {}

  /** A new encoder of a format, if there is one. */
  static @Nullable RowEncoder of(FormatId format) {
    return switch (format.name()) {
      case "BF16" -> new VectorBF16Encoder();
      case "Q8_0" -> new VectorQ8_0Encoder();
      case "Q4_0" -> new VectorQ4_0Encoder();
      case "Q4_1" -> new VectorQ4_1Encoder();
      case "Q5_0" -> new VectorQ5_0Encoder();
      case "Q5_1" -> new VectorQ5_1Encoder();
      case "Q2_K" -> new VectorQ2_KEncoder();
      case "Q3_K" -> new VectorQ3_KEncoder();
      case "IQ1_S" -> VectorTernaryEncoder.ofIQ1_S();
      case "IQ1_M" -> VectorTernaryEncoder.ofIQ1_M();
      case "IQ2_XXS" -> new VectorCodebookEncoder(new IQ2_XXS());
      case "IQ2_XS" -> new VectorCodebookEncoder(new IQ2_XS());
      case "IQ2_S" -> new VectorCodebookEncoder(new IQ2_S());
      case "IQ3_XXS" -> new VectorCodebookEncoder(new IQ3_XXS());
      case "IQ3_S" -> new VectorCodebookEncoder(new IQ3_S());
      case "Q4_K" -> new VectorQ4_KEncoder();
      case "Q5_K" -> new VectorQ5_KEncoder();
      case "Q6_K" -> new VectorQ6_KEncoder();
      case "IQ4_NL" -> new VectorIQ4_NLEncoder();
      case "IQ4_XS" -> new VectorIQ4_XSEncoder();
      case "MXFP4" -> new VectorMXFP4Encoder();
      case "NVFP4" -> new VectorNVFP4Encoder();
      case "Q1_0" -> new VectorQ1_0Encoder();
      case "Q2_0" -> new VectorQ2_0Encoder();
      case "TQ1_0" -> new VectorTQ1_0Encoder();
      case "TQ2_0" -> new VectorTQ2_0Encoder();
      default -> null;
    };
  }
}
