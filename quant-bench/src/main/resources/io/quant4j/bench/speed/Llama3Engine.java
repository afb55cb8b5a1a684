package com.llama4j;

import io.quant4j.bench.speed.Engine;
import io.quant4j.bench.speed.EngineLoop;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/** llama3.java, fed with random tokens in the batches that it uses for prompts itself. */
final class Llama3Engine implements Engine {
  private static final int BATCH = 16;
  private static final long SEED = 1;

  private final Llama model;
  private final Llama.State state;
  private final int[] tokens;
  private int position;

  private Llama3Engine(Llama model, int context) {
    this.model = model;
    this.state = new Llama.State(model.configuration(), BATCH);
    this.tokens =
        new SplittableRandom(SEED).ints(context, 0, model.configuration().vocabularySize).toArray();
  }

  public static void main(String[] args) throws Exception {
    EngineLoop.run(args, Llama3Engine::open);
  }

  /** Leaves out the tokenizer, which refuses the merge of the synthetic vocabulary. */
  private static Engine open(Path path, int threads, int context) throws Exception {
    try (FileChannel channel = FileChannel.open(path)) {
      GGUF file = GGUF.loadModel(channel, path.toString());
      Llama.Configuration configuration = configuration(file.getMetadata(), context);
      Llama.Weights weights =
          ModelLoader.loadWeights(
              GGUF.loadTensors(channel, file.getTensorDataOffset(), file.getTensorInfos()),
              configuration);
      return new Llama3Engine(new Llama(configuration, null, weights), context);
    }
  }

  private static Llama.Configuration configuration(Map<String, Object> metadata, int context) {
    return new Llama.Configuration(
        (int) metadata.get("llama.embedding_length"),
        (int) metadata.get("llama.feed_forward_length"),
        (int) metadata.get("llama.block_count"),
        (int) metadata.get("llama.attention.head_count"),
        (int) metadata.get("llama.attention.head_count_kv"),
        ((String[]) metadata.get("tokenizer.ggml.tokens")).length,
        context,
        1e-5f,
        (float) metadata.get("llama.rope.freq_base"));
  }

  @Override
  public void prompt(int count) {
    position = 0;
    while (position < count) {
      int end = Math.min(position + BATCH, count);
      int[] batch = Arrays.copyOfRange(tokens, position, end);
      Llama.forward(model, state, batch, position, end == count);
      position = end;
    }
  }

  @Override
  public void generate(int count) {
    for (int i = 0; i < count; i++) {
      Llama.forward(model, state, new int[] {tokens[position]}, position, true);
      position++;
    }
  }

  @Override
  public void reset() {
    position = 0;
  }

  @Override
  public void close() {}
}
