package io.quant4j.core.kernel;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.CacheShape;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.RowDecoder;
import io.quant4j.api.spi.RowEncoder;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.discovery.Extensions;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys, or the values, of one layer in one format. They lie head by head in tiles of {@link
 * AttentionKernel#TILE} positions, so that what the query heads of a group share is read once and
 * without gaps. A tile holds its positions one after another; keys of formats without blocks lie
 * element by element instead, as the kernels want them.
 *
 * <p>Memory comes in pages and grows with the sequence; nothing stored is ever moved. Not
 * thread-safe, but tiles may be read by several threads.
 */
final class StoredRows {
  private static final int TILE = AttentionKernel.TILE;

  /** Positions of a page; the whole context if it is shorter. */
  private static final int PAGE = 4 * TILE;

  private final int heads;
  private final int headDim;
  private final boolean byElement;
  private final RowEncoder encoder;
  private final RowDecoder decoder;
  private final int rowBytes;
  private final int pageTiles;
  private final int rotated;
  private final float[] row;
  private final MemorySegment encoded;
  private final List<MemorySegment> pages = new ArrayList<>();

  /**
   * Empty rows.
   *
   * @param keys whether these are keys
   * @param rotated length of the pieces of a head that are rotated before they are stored; 0 for
   *     none
   */
  StoredRows(HostKernels kernels, CacheShape shape, boolean keys, int rotated) {
    FormatId id = keys ? shape.keys() : shape.values();
    BlockFormat format = Extensions.installed().format(id, ErrorLocation.subject("cache"));
    if (shape.headDim() % format.blockElements() != 0 || format.requiresImportance()) {
      throw new InvalidRequestException(
          ErrorLocation.subject("cache"),
          "heads of %d elements cannot be kept as %s".formatted(shape.headDim(), id.name()),
          "Keep them as F16.");
    }
    this.heads = shape.kvHeads();
    this.headDim = shape.headDim();
    this.byElement = keys && format.blockElements() == 1;
    this.encoder = KernelTable.require(kernels.encoder(id), "encode " + id.name());
    this.decoder = KernelTable.require(kernels.decoder(id), "decode " + id.name());
    this.rowBytes = (int) format.byteSize(headDim);
    this.pageTiles = tiles(Math.min(PAGE, shape.contextLength()));
    this.rotated = rotated;
    this.row = new float[headDim];
    this.encoded = MemorySegment.ofArray(new byte[rowBytes]);
  }

  private static int tiles(int positions) {
    return (positions + TILE - 1) / TILE;
  }

  /** Bytes taken. */
  long bytes() {
    return (long) pages.size() * heads * pageTiles * TILE * rowBytes;
  }

  /** Stores the heads of one token. */
  void store(float[] source, int at, int position) {
    while (position >= pages.size() * pageTiles * TILE) {
      pages.add(MemorySegment.ofArray(new byte[heads * pageTiles * TILE * rowBytes]));
    }
    for (int head = 0; head < heads; head++) {
      System.arraycopy(source, at + head * headDim, row, 0, headDim);
      Hadamard.rotate(row, 0, headDim, rotated);
      MemorySegment page = pages.get(position / TILE / pageTiles);
      long tile = offset(head, position / TILE);
      if (byElement) {
        encoder.encode(row, 0, headDim, null, encoded, 0);
        spread(page, tile, position % TILE);
      } else {
        encoder.encode(row, 0, headDim, null, page, tile + (long) position % TILE * rowBytes);
      }
    }
  }

  private void spread(MemorySegment page, long tile, int place) {
    int width = rowBytes / headDim;
    for (int i = 0; i < headDim; i++) {
      MemorySegment.copy(
          encoded, (long) i * width, page, tile + (long) (i * TILE + place) * width, width);
    }
  }

  private long offset(int head, int tile) {
    return (long) (head * pageTiles + tile % pageTiles) * TILE * rowBytes;
  }

  /**
   * Decodes a tile of keys.
   *
   * @param target (headDim, TILE)
   * @param scratch as many
   */
  void keys(int head, int tile, float[] target, float[] scratch) {
    float[] decoded = byElement ? target : scratch;
    values(head, tile, decoded);
    for (int t = 0; !byElement && t < TILE; t++) {
      for (int i = 0; i < headDim; i++) {
        target[i * TILE + t] = decoded[t * headDim + i];
      }
    }
  }

  /**
   * Decodes a tile of values.
   *
   * @param target (TILE, headDim)
   */
  void values(int head, int tile, float[] target) {
    decoder.decode(pages.get(tile / pageTiles), offset(head, tile), target, 0, TILE * headDim);
  }
}
