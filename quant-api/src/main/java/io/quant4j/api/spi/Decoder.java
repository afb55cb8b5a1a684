package io.quant4j.api.spi;

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
}
