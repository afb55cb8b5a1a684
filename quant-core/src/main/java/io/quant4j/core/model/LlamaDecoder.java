package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.core.model.layer.Attention;
import io.quant4j.core.model.layer.FeedForward;
import io.quant4j.core.model.layer.RmsNorm;
import java.util.ArrayList;
import java.util.List;

/** The forward pass of {@link Llama}. */
final class LlamaDecoder implements Decoder {
  private final ModelMetadata metadata;
  private final Operations operations;
  private final Weight embedding;
  private final Weight output;
  private final RmsNorm outputNorm;
  private final float[] frequencies;
  private final List<Layer> layers = new ArrayList<>();

  private record Layer(
      RmsNorm attentionNorm,
      Attention attention,
      RmsNorm feedForwardNorm,
      FeedForward feedForward) {}

  LlamaDecoder(ModelMetadata metadata, WeightSource weights, Operations operations) {
    this.metadata = metadata;
    this.operations = operations;
    float epsilon = metadata.rmsNormEpsilon();
    embedding = operations.bind(weights.require(TensorRole.weight(Kind.TOKEN_EMBEDDING)));
    output = weights.find(TensorRole.weight(Kind.OUTPUT)).map(operations::bind).orElse(embedding);
    outputNorm = RmsNorm.of(weights, operations, TensorRole.weight(Kind.OUTPUT_NORM), epsilon);
    frequencies = RopeFrequencies.of(metadata, weights);
    for (int i = 0; i < metadata.layerCount(); i++) {
      layers.add(
          new Layer(
              RmsNorm.of(weights, operations, TensorRole.weight(Kind.ATTENTION_NORM, i), epsilon),
              Attention.of(metadata, weights, operations, i),
              RmsNorm.of(
                  weights, operations, TensorRole.weight(Kind.FEED_FORWARD_NORM, i), epsilon),
              FeedForward.of(weights, operations, i)));
    }
  }

  @Override
  public DecoderState newState(int contextLength, int maxBatch) {
    return new LlamaState(operations, metadata, contextLength, maxBatch);
  }

  @Override
  public Buffer forward(
      DecoderState decoderState, int[] tokens, int from, int count, int logitRows) {
    LlamaState state = (LlamaState) decoderState;
    state.cache.reserve(count);
    Buffer x = state.residual(count);
    Buffer normed = state.normed(count);
    Buffer added = state.added(count);
    Buffer angles = state.angles(count);
    operations.embed(embedding, tokens, from, count, x);
    operations.rotaryAngles(frequencies, state.cache.length(), count, angles);
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      layer.attentionNorm.apply(operations, x, count, normed);
      layer.attention.apply(
          operations,
          state.cache,
          i,
          normed,
          angles,
          count,
          state.queries(count),
          state.attended(count),
          added);
      operations.add(x, added);
      layer.feedForwardNorm.apply(operations, x, count, normed);
      layer.feedForward.apply(operations, normed, count, state.gate(count), state.up(count), added);
      operations.add(x, added);
    }
    state.cache.advance(count);
    return logits(state, x, count, logitRows);
  }

  /** Only the rows that are asked for go through the output matrix, the largest of all. */
  private Buffer logits(LlamaState state, Buffer x, int count, int logitRows) {
    Buffer logits = state.logits(logitRows);
    if (logitRows > 0) {
      long dim = metadata.embeddingLength();
      Buffer last = x.slice((count - logitRows) * dim, logitRows * dim);
      outputNorm.apply(operations, last, logitRows, last);
      operations.matMul(output, last, logitRows, logits);
    }
    return logits;
  }
}
