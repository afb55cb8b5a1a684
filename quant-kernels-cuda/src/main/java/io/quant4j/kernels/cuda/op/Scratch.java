package io.quant4j.kernels.cuda.op;

import io.quant4j.kernels.cuda.driver.DeviceContext;
import java.util.EnumMap;
import java.util.Map;

/**
 * Device memory that operations use for themselves, one after the other in the stream. A piece that
 * is too small is replaced by a larger one, which makes recorded passes invalid: {@link
 * #generation} tells. Not thread-safe.
 */
final class Scratch {

  /** What a piece is for. */
  enum Use {
    /** The position of an operation outside a pass. */
    POSITION,
    /** The tokens of an operation outside a pass. */
    TOKENS,
    /** Blocks as in the file, on their way into planes. */
    STORED,
    /** Rows of a matrix, decoded. */
    DECODED,
    /** Inputs of a product as 16-bit numbers. */
    ROWS_16,
    /** What those are multiples of. */
    ROW_SCALES,
    /** Slots of experts, those of one expert side by side. */
    EXPERT_PLACES,
    /** Parts of these that are multiplied at once. */
    EXPERT_TILES,
    /** Normalized inputs. */
    NORMED,
    /** Sums of the splits of attention. */
    PARTIALS,
    /** Maximum and sum of the weights of each split. */
    SPLIT_STATES,
    /** Splits that are done; zero between calls. */
    COUNTERS,
    /** The largest of every slice of a row. */
    CANDIDATES,
    /** Slices that are done, and what was found in them; zero between calls. */
    SEARCH_COUNTERS,
    /** The largest of a row. */
    FOUND
  }

  private record Piece(long address, long bytes) {}

  private final DeviceContext context;
  private final Map<Use, Piece> pieces = new EnumMap<>(Use.class);
  private long generation;

  Scratch(DeviceContext context) {
    this.context = context;
  }

  /** Changes whenever a piece moves. */
  long generation() {
    return generation;
  }

  /** The address of a piece of at least so many bytes; zero when it is first there. */
  long take(Use use, long bytes) {
    Piece piece = pieces.get(use);
    if (piece != null && piece.bytes >= bytes) {
      return piece.address;
    }
    if (piece != null) {
      pieces.remove(use);
      context.memory().free(piece.address);
    }
    generation++;
    long address = context.memory().allocate(bytes);
    context.stream().clear(address, bytes);
    pieces.put(use, new Piece(address, bytes));
    return address;
  }
}
