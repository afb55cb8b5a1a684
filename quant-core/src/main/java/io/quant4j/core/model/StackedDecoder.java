package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.DecoderState;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Weight;
import io.quant4j.core.model.layer.DecoderLayer;
import io.quant4j.core.model.layer.RmsNorm;
import io.quant4j.core.model.layer.Rotary;
import io.quant4j.core.model.layer.Workspace.Slot;
import java.util.List;

/**
 * Embedding, layers, norm, output: the forward pass that all architectures share. What differs are
 * the layers and a few numbers.
 */
final class StackedDecoder implements Decoder {
  private final ModelMetadata metadata;
  private final Operations operations;
  private final Weight embedding;
  private final Weight output;
  private final RmsNorm outputNorm;
  private final List<DecoderLayer> layers;
  private final List<Rotary> rotaries;
  private final float embeddingScale;

  /**
   * A decoder whose output matrix is the embedding if the checkpoint has no other.
   *
   * @param layers in order; each names one of {@code rotaries} by its index
   * @param embeddingScale factor of every embedding
   */
  StackedDecoder(
      Parts parts, List<DecoderLayer> layers, List<Rotary> rotaries, float embeddingScale) {
    this.metadata = parts.metadata();
    this.operations = parts.operations();
    this.embedding =
        operations.bind(parts.weights().require(TensorRole.weight(Kind.TOKEN_EMBEDDING)));
    this.output =
        parts
            .weights()
            .find(TensorRole.weight(Kind.OUTPUT))
            .map(operations::bind)
            .orElse(embedding);
    this.outputNorm = parts.norm(TensorRole.weight(Kind.OUTPUT_NORM));
    this.layers = List.copyOf(layers);
    this.rotaries = List.copyOf(rotaries);
    this.embeddingScale = embeddingScale;
  }

  /** A decoder with the rotary frequencies that the metadata state and embeddings as they are. */
  StackedDecoder(Parts parts, List<DecoderLayer> layers) {
    this(parts, layers, List.of(RopeFrequencies.of(parts.metadata(), parts.weights())), 1);
  }

  @Override
  public DecoderState newState(int contextLength, int maxBatch) {
    return new SequenceState(operations, metadata, rotaries, contextLength, maxBatch);
  }

  @Override
  public Buffer forward(
      DecoderState decoderState, int[] tokens, int from, int count, int logitRows) {
    SequenceState state = (SequenceState) decoderState;
    state.cache.reserve(count);
    Buffer x = state.workspace.take(Slot.RESIDUAL, (long) count * metadata.embeddingLength());
    operations.embed(embedding, tokens, from, count, x);
    if (embeddingScale != 1) {
      operations.scale(x, embeddingScale);
    }
    List<Buffer> angles = state.angles(count);
    for (int i = 0; i < layers.size(); i++) {
      DecoderLayer layer = layers.get(i);
      Buffer turned = angles.get(layer.rotary());
      layer.apply(operations, state.workspace, state.cache, i, x, turned, count);
    }
    state.cache.advance(count);
    return logits(state, x, count, logitRows);
  }

  /** Only the rows that are asked for go through the output matrix, the largest of all. */
  private Buffer logits(SequenceState state, Buffer x, int count, int logitRows) {
    Buffer logits = state.workspace.take(Slot.LOGITS, (long) logitRows * metadata.vocabularySize());
    if (logitRows > 0) {
      long dim = metadata.embeddingLength();
      Buffer last = x.slice((count - logitRows) * dim, logitRows * dim);
      outputNorm.apply(operations, last, logitRows, last);
      operations.matMul(output, last, logitRows, logits);
      if (metadata.softCaps().output() > 0) {
        operations.softCap(logits, metadata.softCaps().output());
      }
    }
    return logits;
  }
}
