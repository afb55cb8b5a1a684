package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.GateActivation;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.model.layer.Attention;
import io.quant4j.core.model.layer.GatedFeedForward;
import io.quant4j.core.model.layer.Linear;
import io.quant4j.core.model.layer.MixtureOfExperts;
import io.quant4j.core.model.layer.RmsNorm;
import java.util.Optional;

/**
 * Makes the parts of a decoder from the weights of a checkpoint.
 *
 * @param metadata hyper-parameters
 * @param weights asked for what each part needs
 * @param placement where each layer will run
 */
record Parts(ModelMetadata metadata, WeightSource weights, Placement placement) {

  /** Who runs a layer. */
  Operations operations(int layer) {
    return placement.layer(layer);
  }

  RmsNorm norm(Kind kind, int layer) {
    return norm(TensorRole.weight(kind, layer), operations(layer));
  }

  /** The norm before the output, which runs with the last layer. */
  RmsNorm outputNorm() {
    return norm(TensorRole.weight(Kind.OUTPUT_NORM), operations(metadata.layerCount() - 1));
  }

  private RmsNorm norm(TensorRole role, Operations operations) {
    return RmsNorm.of(
        operations, weights.require(role), metadata.normOffset(), metadata.rmsNormEpsilon());
  }

  Linear linear(Kind kind, int layer) {
    return new Linear(
        weight(kind, layer),
        weights.find(TensorRole.bias(kind, layer)).map(operations(layer)::load));
  }

  private Weight weight(Kind kind, int layer) {
    return operations(layer).bind(weights.require(TensorRole.weight(kind, layer)));
  }

  private Weight stack(Kind kind, int layer) {
    return operations(layer).bindExperts(weights.experts(TensorRole.weight(kind, layer)));
  }

  /** Attention to everything before a token, products divided by the root of the head's width. */
  AttentionShape usualShape() {
    return new AttentionShape(
        metadata.headCount(),
        metadata.kvHeadCount(),
        metadata.headDim(),
        (float) (1 / Math.sqrt(metadata.headDim())));
  }

  /** Attention with a matrix each for queries, keys and values. */
  Attention attention(int layer, AttentionShape shape) {
    return new Attention(
        linear(Kind.ATTENTION_QUERY, layer),
        linear(Kind.ATTENTION_KEY, layer),
        linear(Kind.ATTENTION_VALUE, layer),
        linear(Kind.ATTENTION_OUTPUT, layer),
        Optional.empty(),
        Optional.empty(),
        shape,
        metadata.rotaryLayout());
  }

  /** {@link #attention} with norms of queries and keys. */
  Attention normedAttention(int layer, AttentionShape shape) {
    return attention(layer, shape)
        .withNorms(norm(Kind.ATTENTION_QUERY_NORM, layer), norm(Kind.ATTENTION_KEY_NORM, layer));
  }

  /**
   * Attention with one matrix of query, key and value rows. Each third is bound by itself where it
   * lies.
   */
  Attention fusedAttention(int layer, AttentionShape shape) {
    TensorView fused = weights.require(TensorRole.weight(Kind.ATTENTION_QUERY_KEY_VALUE, layer));
    int queries = shape.queryDim();
    int keys = shape.kvDim();
    return new Attention(
        rows(layer, fused, 0, queries),
        rows(layer, fused, queries, keys),
        rows(layer, fused, queries + keys, keys),
        linear(Kind.ATTENTION_OUTPUT, layer),
        Optional.empty(),
        Optional.empty(),
        shape,
        metadata.rotaryLayout());
  }

  private Linear rows(int layer, TensorView matrix, long first, long count) {
    return new Linear(operations(layer).bind(matrix.rows(first, count)), Optional.empty());
  }

  GatedFeedForward gated(int layer, GateActivation activation) {
    return new GatedFeedForward(
        linear(Kind.FEED_FORWARD_GATE, layer),
        linear(Kind.FEED_FORWARD_UP, layer),
        linear(Kind.FEED_FORWARD_DOWN, layer),
        activation);
  }

  /** A feed-forward part with one matrix of gate and up rows. */
  GatedFeedForward fusedGated(int layer, GateActivation activation) {
    TensorView fused = weights.require(TensorRole.weight(Kind.FEED_FORWARD_UP, layer));
    long inner = fused.shape().rows() / 2;
    return new GatedFeedForward(
        rows(layer, fused, 0, inner),
        rows(layer, fused, inner, inner),
        linear(Kind.FEED_FORWARD_DOWN, layer),
        activation);
  }

  /**
   * A mixture of experts with SwiGLU, without a shared one.
   *
   * @param normalized whether the weights of a token's experts add up to 1
   */
  MixtureOfExperts experts(int layer, boolean normalized) {
    return new MixtureOfExperts(
        weight(Kind.EXPERT_ROUTER, layer),
        stack(Kind.EXPERT_GATE, layer),
        stack(Kind.EXPERT_UP, layer),
        stack(Kind.EXPERT_DOWN, layer),
        metadata.expertUsedCount(),
        normalized,
        Optional.empty());
  }

  /** The expert that every token sees. */
  MixtureOfExperts.SharedExpert sharedExpert(int layer) {
    return new MixtureOfExperts.SharedExpert(
        weight(Kind.SHARED_EXPERT_ROUTER, layer),
        new GatedFeedForward(
            linear(Kind.SHARED_EXPERT_GATE, layer),
            linear(Kind.SHARED_EXPERT_UP, layer),
            linear(Kind.SHARED_EXPERT_DOWN, layer),
            GateActivation.SILU));
  }
}
