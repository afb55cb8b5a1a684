package io.quant4j.api.spi;

/**
 * The forward pass of one model. Shared by all its sessions; each brings its own {@link
 * DecoderState}.
 */
public interface Decoder {

  /**
   * Memory of one sequence.
   *
   * @param contextLength tokens that fit
   * @param maxBatch most tokens of one {@link #forward} call
   */
  DecoderState newState(int contextLength, int maxBatch);

  /**
   * Appends tokens to a sequence.
   *
   * @param tokens ids; {@code count} of them from {@code from} are appended, at most the state's
   *     batch
   * @param logitRows how many of the last tokens need logits, 0 to {@code count}
   * @return logits (logitRows, vocab) of the tokens after them, owned by the state and valid until
   *     its next call
   */
  Buffer forward(DecoderState state, int[] tokens, int from, int count, int logitRows);
}
