package io.quant4j.kernels.cuda.op;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.format.BF16;
import io.quant4j.core.format.Codebook;
import io.quant4j.core.format.F16;
import io.quant4j.core.format.F32;
import io.quant4j.core.format.F64;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A format that the kernels read.
 *
 * @param blocks its layout
 * @param planar whether the fields of all blocks are stored together, instead of as in the file
 * @param tileBytes if there is a second module, for devices with tensor cores, which stores fields
 *     together in an order of its own: shared memory of its products; 0: there is none
 * @param codebook the vectors that codes stand for, where there are such
 */
record DeviceFormat(
    BlockFormat blocks, boolean planar, int tileBytes, Optional<Codebook> codebook) {

  /** Ends the names of modules for tensor cores. */
  private static final String TILES = "_mma";

  private static final List<DeviceFormat> ALL =
      List.of(
          plain(new F32()),
          plain(new F16()),
          plain(new BF16()),
          plainButForTensorCores(new Q4_K(), 73_728),
          plainButForTensorCores(new Q5_K(), 45_056),
          planar(new Q8_0(), 69_632),
          planar(new Q4_0(), 73_728),
          planar(new Q6_K(), 54_272),
          plain(new F64()),
          plain(new Q1_0()),
          plain(new Q2_0()),
          plain(new Q4_1()),
          plain(new Q5_0()),
          plain(new Q5_1()),
          plain(new Q2_K()),
          plain(new Q3_K()),
          plain(new IQ4_NL()),
          plain(new IQ4_XS()),
          plain(new TQ1_0()),
          plain(new TQ2_0()),
          plain(new MXFP4()),
          plain(new NVFP4()),
          coded(new IQ1_S(), Codebook.IQ1_S),
          coded(new IQ1_M(), Codebook.IQ1_S),
          coded(new IQ2_XXS(), Codebook.IQ2_XXS),
          coded(new IQ2_XS(), Codebook.IQ2_XS),
          coded(new IQ2_S(), Codebook.IQ2_S),
          coded(new IQ3_XXS(), Codebook.IQ3_XXS),
          coded(new IQ3_S(), Codebook.IQ3_S));

  private static final Map<FormatId, DeviceFormat> BY_ID =
      ALL.stream().collect(Collectors.toMap(DeviceFormat::id, Function.identity()));

  private static DeviceFormat plain(BlockFormat blocks) {
    return new DeviceFormat(blocks, false, 0, Optional.empty());
  }

  private static DeviceFormat plainButForTensorCores(BlockFormat blocks, int tileBytes) {
    return new DeviceFormat(blocks, false, tileBytes, Optional.empty());
  }

  private static DeviceFormat planar(BlockFormat blocks, int tileBytes) {
    return new DeviceFormat(blocks, true, tileBytes, Optional.empty());
  }

  private static DeviceFormat coded(BlockFormat blocks, Codebook codebook) {
    return new DeviceFormat(blocks, false, 0, Optional.of(codebook));
  }

  /** All that there are. */
  static List<DeviceFormat> all() {
    return ALL;
  }

  /**
   * The one of this name.
   *
   * @throws UnsupportedModelException if no kernel reads it
   */
  static DeviceFormat require(FormatId id) {
    DeviceFormat format = BY_ID.get(id);
    if (format == null) {
      throw new UnsupportedModelException(
          ErrorLocation.subject(id.name()),
          "no CUDA kernel reads this format",
          "Quantize the model to another format, or run it on the host.");
    }
    return format;
  }

  FormatId id() {
    return blocks.id();
  }

  boolean is(FormatId id) {
    return id().equals(id);
  }

  /**
   * The module with its kernels.
   *
   * @param withTensorCores whether the device has tensor cores
   */
  String module(boolean withTensorCores) {
    String base = "weights_" + id().name().toLowerCase(Locale.ROOT);
    return tileBytes > 0 && withTensorCores ? base + TILES : base;
  }

  /** Dynamic shared memory of the products of a module. */
  int sharedBytes(String module) {
    return module.endsWith(TILES) ? tileBytes : 0;
  }

  /** Whether that module stores the fields of all blocks together. */
  boolean planar(boolean withTensorCores) {
    return planar || (tileBytes > 0 && withTensorCores);
  }
}
