package io.quant4j.bench.scaling;

import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import java.nio.file.Path;

/**
 * What a model does on this machine in the best of a few samples, as its bandwidth is that of the
 * best of some passes. Tokens per second.
 *
 * @param generation one by one, from an empty context
 * @param prompt in a batch of {@link TokenWork#BATCH}
 */
record MeasuredSpeed(double generation, double prompt) {
  private static final int GENERATED = 32;
  private static final int SAMPLES = 3;
  private static final double WARM_UP_SECONDS = 1;

  static MeasuredSpeed of(Path path, String backend, int threads) {
    LoadOptions options =
        LoadOptions.defaults()
            .withBackend(backend)
            .withThreads(threads)
            .withPrefillBatch(TokenWork.BATCH);
    try (Model model = Model.load(path, options);
        InferenceSession session = model.newSession(TokenWork.BATCH + 1)) {
      return new MeasuredSpeed(
          best(GENERATED, () -> generate(session)), best(TokenWork.BATCH, () -> prompt(session)));
    }
  }

  private static void generate(InferenceSession session) {
    session.reset();
    for (int i = 0; i < GENERATED; i++) {
      session.evaluate(i);
    }
  }

  private static void prompt(InferenceSession session) {
    session.reset();
    int[] tokens = new int[TokenWork.BATCH];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = i;
    }
    session.evaluate(tokens);
  }

  private static double best(int tokens, Runnable work) {
    long begin = System.nanoTime();
    do {
      work.run();
    } while (System.nanoTime() - begin < WARM_UP_SECONDS * 1e9);
    double best = 0;
    for (int i = 0; i < SAMPLES; i++) {
      long from = System.nanoTime();
      work.run();
      best = Math.max(best, tokens * 1e9 / (System.nanoTime() - from));
    }
    return best;
  }

  /** The better one of each. */
  MeasuredSpeed orBetter(MeasuredSpeed other) {
    return new MeasuredSpeed(
        Math.max(generation, other.generation), Math.max(prompt, other.prompt));
  }
}
