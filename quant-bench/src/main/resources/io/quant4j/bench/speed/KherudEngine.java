package io.quant4j.bench.peer;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import io.quant4j.bench.speed.Engine;
import io.quant4j.bench.speed.EngineLoop;
import java.nio.file.Path;

/**
 * The binding takes text. A prompt of n tokens is the begin token and n - 1 characters that are
 * tokens of the synthetic vocabulary, and one token is sampled after it. Generation goes on from
 * the prompt that the server still holds: it reads its last token again.
 */
final class KherudEngine implements Engine {
  private final LlamaModel model;
  private String text = "x";

  private KherudEngine(LlamaModel model) {
    this.model = model;
  }

  public static void main(String[] args) throws Exception {
    EngineLoop.run(args, KherudEngine::open);
  }

  private static Engine open(Path path, int threads, int context) {
    return new KherudEngine(
        new LlamaModel(
            new ModelParameters()
                .setModel(path.toString())
                .setThreads(threads)
                .setThreadsBatch(threads)
                .setGpuLayers(0)
                .skipWarmup()
                .setCtxSize(context + 32)));
  }

  @Override
  public void prompt(int count) {
    text = "x".repeat(count - 1);
    complete(1, false);
  }

  @Override
  public void generate(int count) {
    complete(count, true);
  }

  private void complete(int count, boolean goOn) {
    model.complete(
        new InferenceParameters(text)
            .setCachePrompt(goOn)
            .setNPredict(count)
            .setIgnoreEos(true)
            .setTemperature(0));
  }

  @Override
  public void reset() {
    text = "x";
  }

  /** Closing the model does not come back, so this ends the process. */
  @Override
  public void close() {
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }
}
