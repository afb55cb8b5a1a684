package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.SequenceMemory;
import java.util.EnumMap;
import java.util.Map;

/**
 * Scratch memory of one sequence, reused from layer to layer and call to call; it grows to the
 * largest batch seen. Not thread-safe.
 */
public final class Workspace {

  /** What a piece of memory is for; each is taken by one user at a time. */
  public enum Slot {
    /** (batch, dim): the residual stream. */
    RESIDUAL,
    /** (batch, dim): the normalized input of a part of a layer. */
    NORMED,
    /** (batch, dim): what a part of a layer adds to the residual stream. */
    ADDED,
    /** (batch, heads * headDim). */
    QUERIES,
    /** (batch, kvHeads * headDim): keys of the new tokens. */
    KEYS,
    /** (batch, kvHeads * headDim): values of the new tokens. */
    VALUES,
    /** (batch, heads * headDim). */
    ATTENDED,
    /** Gated rows of a feed-forward part. */
    GATE,
    /** Rows that the gate acts on. */
    UP,
    /** (batch, experts): scores of the router. */
    ROUTER,
    /** (batch, used, dim): what the chosen experts say. */
    EXPERTS,
    /** (batch, dim): what the shared expert says. */
    SHARED_EXPERT,
    /** (batch): score of the shared expert. */
    SHARED_GATE,
    /** (logitRows, vocab). */
    LOGITS
  }

  private final SequenceMemory sequence;
  private final Map<Slot, Buffer> memory = new EnumMap<>(Slot.class);

  /** What was taken last: tokens that are generated take the same again and again. */
  private final Map<Slot, Buffer> taken = new EnumMap<>(Slot.class);

  /**
   * Empty scratch.
   *
   * @param sequence where it is taken from, and with which it is freed
   */
  public Workspace(SequenceMemory sequence) {
    this.sequence = sequence;
  }

  /** The first elements of a slot, with whatever was left in them. */
  public Buffer take(Slot slot, long elements) {
    Buffer last = taken.get(slot);
    if (last != null && last.length() == elements) {
      return last;
    }
    Buffer buffer = memory.get(slot);
    if (buffer == null || buffer.length() < elements) {
      buffer = sequence.allocate(elements);
      memory.put(slot, buffer);
    }
    Buffer slice = buffer.slice(0, elements);
    taken.put(slot, slice);
    return slice;
  }
}
