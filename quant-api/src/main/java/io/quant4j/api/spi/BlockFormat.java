package io.quant4j.api.spi;

import io.quant4j.api.tensor.FormatId;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A way to store a row of numbers: fixed-size blocks of {@link #blockElements()} elements in {@link
 * #blockBytes()} bytes. This is the scalar reference: plain, deterministic, the specification that
 * every faster kernel is held to.
 *
 * <p>Implementations are stateless and thread-safe.
 */
public interface BlockFormat extends RowDecoder, RowEncoder {

  /** Name as upstream spells it. */
  FormatId id();

  /** Elements per block; 1 for plain number types. */
  int blockElements();

  /** Bytes per block. */
  int blockBytes();

  /** Whether {@link #encode} makes use of importance weights. */
  boolean usesImportance();

  /** Whether {@link #encode} refuses rows that come without importance weights. */
  default boolean requiresImportance() {
    return false;
  }

  /**
   * Whether each of {@code blocks} blocks at {@code byteOffset} holds finite scales (for plain
   * types: finite numbers).
   *
   * @return index of the first bad block, or -1
   */
  long firstNonFinite(MemorySegment source, long byteOffset, long blocks);

  /** Stored bits per element. */
  default double bitsPerWeight() {
    return 8.0 * blockBytes() / blockElements();
  }

  /**
   * Bytes of {@code elements} elements.
   *
   * @param elements a multiple of {@link #blockElements()}
   */
  default long byteSize(long elements) {
    return Math.multiplyExact(elements / blockElements(), (long) blockBytes());
  }

  /**
   * Encodes one whole row by the reference rule.
   *
   * @param row elements; the row starts at {@code rowOffset}
   * @param cols length of the row in elements, a multiple of {@link #blockElements()}
   * @param importance weight of each column's squared error (starting at index 0), or null for the
   *     format's default, if it has one
   * @param target receives {@code byteSize(cols)} bytes at {@code byteOffset}; any alignment
   * @throws io.quant4j.api.error.InvalidRequestException if the row does not consist of whole
   *     blocks, or importance is required and missing
   */
  @Override
  void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset);
}
