package io.quant4j.api.spi;

import java.util.Optional;

/**
 * The forward pass of one model. Shared by all its sessions; each brings its own {@link
 * DecoderState}.
 */
public interface Decoder {

  /**
   * Memory of one sequence.
   *
   * @throws io.quant4j.api.error.InvalidRequestException if keys or values cannot be kept in these
   *     formats
   */
  DecoderState newState(SequenceShape shape);

  /**
   * Appends tokens to a sequence.
   *
   * @param tokens ids; {@code count} of them from {@code from} are appended, at most the state's
   *     batch
   * @param logitRows how many of the last tokens need logits, 0 to {@code count}
   * @param logits receives (logitRows, vocab): those of the tokens after them
   */
  void forward(
      DecoderState state, int[] tokens, int from, int count, int logitRows, float[] logits);

  /**
   * {@link #forward} for a caller to whom the largest logits after the last token say enough, so
   * that the others need not be moved.
   *
   * @param wanted how many, 1 to the size of the vocabulary
   * @param logits receives (vocab) if nothing is returned
   * @return the largest logits; empty if all were written instead
   */
  default Optional<LargestElements> forwardForLargest(
      DecoderState state, int[] tokens, int from, int count, int wanted, float[] logits) {
    forward(state, tokens, from, count, 1, logits);
    return Optional.empty();
  }
}
