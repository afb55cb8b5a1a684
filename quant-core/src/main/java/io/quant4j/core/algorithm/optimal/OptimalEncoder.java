package io.quant4j.core.algorithm.optimal;

import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.RowEncoder;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a row by the format's own rule, searches for better blocks, and keeps of each block what
 * loses least once decoded: {@link BlockLoss}. Blocks with NaN or infinity stay as the format's own
 * rule stores them. Thread-safe.
 */
public final class OptimalEncoder implements RowEncoder {
  private final BlockFormat format;
  private final RowEncoder reference;
  private final IntFunction<BlockSearch> searches;

  private OptimalEncoder(
      BlockFormat format, RowEncoder reference, IntFunction<BlockSearch> searches) {
    this.format = format;
    this.reference = reference;
    this.searches = searches;
  }

  /**
   * The encoder of a format.
   *
   * @param reference gives the bytes of the format's own rule
   * @return {@code reference} itself if there is no search for the format
   */
  public static RowEncoder of(BlockFormat format, RowEncoder reference) {
    Optional<IntFunction<BlockSearch>> searches = Searches.find(format.id().name());
    return searches.isPresent() ? new OptimalEncoder(format, reference, searches.get()) : reference;
  }

  @Override
  public void encode(
      float[] row,
      int rowOffset,
      int cols,
      float @Nullable [] importance,
      MemorySegment target,
      long byteOffset) {
    reference.encode(row, rowOffset, cols, importance, target, byteOffset);
    int blocks = cols / format.blockElements();
    if (blocks > 0) {
      float[] weights = ErrorWeighting.of(format, row, rowOffset, cols, importance);
      BlockLoss loss = new BlockLoss(row, rowOffset, weights, importance);
      new RowSearch(row, rowOffset, weights, loss, target, byteOffset).improve(blocks);
    }
  }

  /** The work on one row. */
  private final class RowSearch {
    private final float[] row;
    private final int rowOffset;
    private final float[] weights;
    private final BlockLoss loss;
    private final MemorySegment target;
    private final long byteOffset;
    private final float[] decoded = new float[format.blockElements()];
    private final MemorySegment block = MemorySegment.ofArray(new byte[format.blockBytes()]);

    RowSearch(
        float[] row,
        int rowOffset,
        float[] weights,
        BlockLoss loss,
        MemorySegment target,
        long byteOffset) {
      this.row = row;
      this.rowOffset = rowOffset;
      this.weights = weights;
      this.loss = loss;
      this.target = target;
      this.byteOffset = byteOffset;
    }

    void improve(int blocks) {
      boolean one = format.blockElements() > 32;
      int atOnce = one ? 1 : Math.min(blocks, Searches.MOST_BLOCKS);
      BlockSearch search = searches.apply(atOnce);
      for (int done = 0; done < blocks; done += atOnce) {
        // The last tile may overlap the one before: a block's result does not depend on the tile.
        int first = Math.min(done, blocks - atOnce);
        int column = first * format.blockElements();
        search.search(row, rowOffset + column, weights, column, target, offset(first));
        for (int b = 0; b < atOnce; b++) {
          keepBetter(search, b, first + b);
        }
      }
    }

    private long offset(int b) {
      return byteOffset + (long) b * format.blockBytes();
    }

    /** Stores a block found, as it is or with its gain set right, if it is better. */
    private void keepBetter(BlockSearch search, int found, int b) {
      double least = measure(target, offset(b), b).loss();
      search.put(found, 1, block, 0);
      BlockLoss.Measured asFound = measure(block, 0, b);
      least = keep(least, asFound.loss(), b);
      if (asFound.gain() > 0) {
        search.put(found, (float) (1 / asFound.gain()), block, 0);
        keep(least, measure(block, 0, b).loss(), b);
      }
    }

    private BlockLoss.Measured measure(MemorySegment source, long from, int b) {
      format.decode(source, from, decoded, 0, decoded.length);
      return loss.measure(b * decoded.length, decoded);
    }

    private double keep(double least, double trial, int b) {
      if (!(trial < least)) {
        return least;
      }
      MemorySegment.copy(block, 0, target, offset(b), format.blockBytes());
      return trial;
    }
  }
}
