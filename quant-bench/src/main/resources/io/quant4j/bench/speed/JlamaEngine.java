package io.quant4j.bench.peer;

import com.github.tjake.jlama.math.ActivationFunction;
import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.llama.LlamaConfig;
import com.github.tjake.jlama.model.llama.LlamaModel;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;
import com.github.tjake.jlama.util.PhysicalCoreExecutor;
import io.quant4j.api.Quant4J;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.bench.speed.Engine;
import io.quant4j.bench.speed.EngineLoop;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Jlama with activations of 8 bits, its default, fed with random tokens. */
final class JlamaEngine implements Engine {
  private static final long SEED = 1;

  /** Its table of rotations is read beyond a context that is just long enough. */
  private static final int LEAST_CONTEXT = 8_192;

  private final AbstractModel model;
  private final KvBufferCache caches;
  private final AbstractTensor logits;
  private final int[] tokens;
  private KvBufferCache.KvBuffer cache;
  private int position;

  private JlamaEngine(AbstractModel model, int context) {
    this.model = model;
    this.caches = new KvBufferCache(model);
    this.cache = caches.getEphemeralKvBuffer();
    int vocabulary = model.getConfig().vocabularySize;
    this.logits = model.makeDenseTensor(vocabulary);
    this.tokens = new SplittableRandom(SEED).ints(context, 0, vocabulary).toArray();
  }

  public static void main(String[] args) throws Exception {
    EngineLoop.run(args, JlamaEngine::open);
  }

  private static Engine open(Path path, int threads, int context) {
    PhysicalCoreExecutor.overrideThreadCount(threads);
    try (Checkpoint file = Quant4J.open(path)) {
      return new JlamaEngine(
          new LlamaModel(
              config(file.metadata(), context),
              new JlamaWeights(file),
              new JlamaWeights.NoTokenizer(),
              DType.F32,
              DType.I8,
              Optional.empty()),
          context);
    }
  }

  private static LlamaConfig config(ModelMetadata model, int context) {
    return new LlamaConfig(
        Math.max(context, LEAST_CONTEXT),
        model.embeddingLength(),
        model.feedForwardLength(),
        model.headCount(),
        model.kvHeadCount(),
        model.layerCount(),
        1e-5f,
        model.vocabularySize(),
        0,
        1,
        ActivationFunction.Type.SILU,
        500_000.0,
        Map.of());
  }

  @Override
  public void prompt(int count) {
    reset();
    int[] prompt = Arrays.copyOf(tokens, count);
    try (AbstractTensor output = model.batchForward(prompt, 0, cache)) {
      try (AbstractTensor last = output.slice(output.shape().first() - 1)) {
        model.sample(last, 0, 0, logits);
      }
    }
    position = count;
  }

  @Override
  public void generate(int count) {
    for (int i = 0; i < count; i++) {
      try (AbstractTensor output =
          model.forward(tokens[position], position, cache, Optional.empty())) {
        model.sample(output, 0, 0, logits);
      }
      position++;
    }
  }

  @Override
  public void reset() {
    cache.close();
    cache = caches.getEphemeralKvBuffer();
    position = 0;
  }

  @Override
  public void close() {
    cache.close();
    model.close();
  }
}
