package io.quant4j.bench.speed;

import io.quant4j.api.GenerationOptions;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.WeightMemory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/** This library, used as a program would use it, in a process of its own. */
final class Quant4jEngine implements Engine {
  /** System property with the name of a {@link WeightMemory}. */
  static final String WEIGHTS = "quant4j.bench.weights";

  private static final long SEED = 1;

  private final Model model;
  private final InferenceSession session;
  private final int[] tokens;
  private final int[] next = new int[1];
  private final float[] logits;

  private Quant4jEngine(Model model, int context) {
    this.model = model;
    this.session = model.newSession(context);
    this.logits = new float[model.metadata().vocabularySize()];
    this.tokens =
        new SplittableRandom(SEED).ints(context, 0, model.metadata().vocabularySize()).toArray();
  }

  /** Arguments of {@link EngineLoop}. */
  public static void main(String[] args) throws Exception {
    EngineLoop.run(args, Quant4jEngine::open);
  }

  static Engine open(Path path, int threads, int context) {
    WeightMemory weights =
        WeightMemory.valueOf(System.getProperty(WEIGHTS, WeightMemory.MAPPED.name()));
    LoadOptions options = LoadOptions.defaults().withThreads(threads).withWeights(weights);
    return new Quant4jEngine(Model.load(path, options), context);
  }

  @Override
  public void prompt(int count) {
    session.reset();
    session.evaluate(Arrays.copyOf(tokens, count), logits);
  }

  @Override
  public void generate(int count) {
    for (int i = 0; i < count; i++) {
      next[0] = tokens[i];
      session.evaluate(next, logits);
    }
  }

  @Override
  public void reset() {
    session.reset();
  }

  /** The synthetic vocabulary has a begin token and a token for each of these characters. */
  @Override
  public void firstToken(int promptTokens) {
    String text = "x".repeat(promptTokens - 1);
    session.generate(text, GenerationOptions.greedy().withMaxTokens(1)).result();
  }

  @Override
  public void close() {
    session.close();
    model.close();
  }
}
