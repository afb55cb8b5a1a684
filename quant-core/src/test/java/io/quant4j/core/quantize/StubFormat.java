package io.quant4j.core.quantize;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A format of which only the size is known, so that plans can be made for formats that are not
 * there yet.
 */
record StubFormat(FormatId id, int blockElements, int blockBytes) implements BlockFormat {

  /** Elements and bytes per block of every format of GGUF that a file type names. */
  private static final Map<String, int[]> SIZES =
      Map.ofEntries(
          Map.entry("F32", new int[] {1, 4}),
          Map.entry("F16", new int[] {1, 2}),
          Map.entry("BF16", new int[] {1, 2}),
          Map.entry("Q4_0", new int[] {32, 18}),
          Map.entry("Q4_1", new int[] {32, 20}),
          Map.entry("Q5_0", new int[] {32, 22}),
          Map.entry("Q5_1", new int[] {32, 24}),
          Map.entry("Q8_0", new int[] {32, 34}),
          Map.entry("Q2_K", new int[] {256, 84}),
          Map.entry("Q3_K", new int[] {256, 110}),
          Map.entry("Q4_K", new int[] {256, 144}),
          Map.entry("Q5_K", new int[] {256, 176}),
          Map.entry("Q6_K", new int[] {256, 210}),
          Map.entry("IQ2_XXS", new int[] {256, 66}),
          Map.entry("IQ2_XS", new int[] {256, 74}),
          Map.entry("IQ2_S", new int[] {256, 82}),
          Map.entry("IQ3_XXS", new int[] {256, 98}),
          Map.entry("IQ3_S", new int[] {256, 110}),
          Map.entry("IQ1_S", new int[] {256, 50}),
          Map.entry("IQ1_M", new int[] {256, 56}),
          Map.entry("IQ4_NL", new int[] {32, 18}),
          Map.entry("IQ4_XS", new int[] {256, 136}),
          Map.entry("TQ1_0", new int[] {256, 54}),
          Map.entry("TQ2_0", new int[] {256, 66}),
          Map.entry("MXFP4", new int[] {32, 17}),
          Map.entry("Q1_0", new int[] {128, 18}),
          Map.entry("Q2_0", new int[] {64, 18}));

  static Optional<BlockFormat> find(FormatId id) {
    return Optional.ofNullable(SIZES.get(id.name())).map(s -> new StubFormat(id, s[0], s[1]));
  }

  private static BlockFormat require(FormatId id, ErrorLocation where) {
    return find(id).orElseThrow(() -> new AssertionError(where + " wants " + id));
  }

  /** All of them. */
  static Codecs codecs() {
    return new Codecs(StubFormat::find, StubFormat::require, new HostKernels() {});
  }

  @Override
  public boolean usesImportance() {
    return false;
  }

  @Override
  public boolean requiresImportance() {
    return Set.of("IQ1_S", "IQ2_XXS", "IQ2_XS").contains(id.name());
  }

  @Override
  public long firstNonFinite(MemorySegment source, long byteOffset, long blocks) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void decode(
      MemorySegment source, long byteOffset, float[] target, int targetOffset, int elements) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    throw new UnsupportedOperationException();
  }
}
