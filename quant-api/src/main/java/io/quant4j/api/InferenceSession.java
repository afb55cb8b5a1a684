package io.quant4j.api;

/**
 * One conversation: the tokens seen so far with their keys and values. Cheap to make. Used by one
 * thread at a time; only {@link Generation#cancel()} may come from another.
 */
public interface InferenceSession extends AutoCloseable {

  /** The model that made it. */
  Model model();

  /** Tokens that fit. */
  int contextLength();

  /** Tokens held. */
  int length();

  /**
   * Continues the text of this session with a prompt and generates what follows. What earlier calls
   * left in the session stays and is not read again. Nothing is computed until the result is read.
   *
   * @param prompt text, not empty for a fresh session whose model adds no begin token
   * @throws io.quant4j.api.error.InvalidRequestException if there is nothing to begin with
   * @throws io.quant4j.api.error.ContextOverflowException if the prompt does not fit
   */
  Generation generate(String prompt, GenerationOptions options);

  /** {@link #generate(String, GenerationOptions)} with {@link GenerationOptions#defaults()}. */
  default Generation generate(String prompt) {
    return generate(prompt, GenerationOptions.defaults());
  }

  /**
   * Generates to the end, telling a listener of every token.
   *
   * @return the complete result
   */
  default GenerationResult generate(
      String prompt, GenerationOptions options, TokenListener listener) {
    try (Generation generation = generate(prompt, options)) {
      for (GeneratedToken token : generation) {
        listener.generated(token);
      }
      return generation.result();
    }
  }

  /**
   * Appends tokens as they are.
   *
   * @param tokens ids, at least one
   * @return logits (vocab) of the token after them
   * @throws io.quant4j.api.error.ContextOverflowException if they do not fit
   */
  default float[] evaluate(int... tokens) {
    float[] logits = new float[model().metadata().vocabularySize()];
    evaluate(tokens, logits);
    return logits;
  }

  /**
   * The same without a new array for every call.
   *
   * @param tokens ids, at least one
   * @param logits receives (vocab)
   * @throws io.quant4j.api.error.InvalidRequestException if {@code logits} has another length
   * @throws io.quant4j.api.error.ContextOverflowException if the tokens do not fit
   */
  void evaluate(int[] tokens, float[] logits);

  /** Forgets everything; the session is as new. */
  void reset();

  /** Frees its memory. Idempotent. */
  @Override
  void close();
}
