package io.quant4j.bench.speed;

import java.nio.file.Path;

/** A loaded model with one context, as {@link EngineLoop} drives it. */
public interface Engine extends AutoCloseable {

  /** Opens a model. */
  @FunctionalInterface
  interface Opener {
    /**
     * @param threads threads that compute
     * @param context tokens that must fit
     */
    Engine open(Path model, int threads, int context) throws Exception;
  }

  /** Empties the context and reads this many tokens at once, up to the logits of the last. */
  void prompt(int tokens) throws Exception;

  /** Adds this many tokens one by one, with the logits of each. */
  void generate(int tokens) throws Exception;

  /** Empties the context. */
  void reset() throws Exception;

  /** What a program does that wants one token after a prompt, with as much text as it needs. */
  default void firstToken(int promptTokens) throws Exception {
    prompt(promptTokens);
  }

  @Override
  void close();
}
