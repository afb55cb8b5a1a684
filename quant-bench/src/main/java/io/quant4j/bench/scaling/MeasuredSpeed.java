package io.quant4j.bench.scaling;

import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.bench.speed.Spread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model does on this machine, medians in tokens per second.
 *
 * @param generation one by one, from an empty context
 * @param prompt in a batch of {@link TokenWork#BATCH}
 */
record MeasuredSpeed(double generation, double prompt) {
  private static final int GENERATED = 32;
  private static final int SAMPLES = 5;
  private static final double WARM_UP_SECONDS = 3;

  static MeasuredSpeed of(Path path, String backend, int threads) {
    LoadOptions options =
        LoadOptions.defaults()
            .withBackend(backend)
            .withThreads(threads)
            .withPrefillBatch(TokenWork.BATCH);
    try (Model model = Model.load(path, options);
        InferenceSession session = model.newSession(TokenWork.BATCH + 1)) {
      return new MeasuredSpeed(
          median(GENERATED, () -> generate(session)),
          median(TokenWork.BATCH, () -> prompt(session)));
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

  private static double median(int tokens, Runnable work) {
    long begin = System.nanoTime();
    do {
      work.run();
    } while (System.nanoTime() - begin < WARM_UP_SECONDS * 1e9);
    List<Double> samples = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      long from = System.nanoTime();
      work.run();
      samples.add(tokens * 1e9 / (System.nanoTime() - from));
    }
    return Spread.of(samples).median();
  }
}
