package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.TensorSpec;
import io.quant4j.api.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the tensors of a model. Names are those of Hugging Face's modules, relative to their
 * layer.
 */
final class TensorList {
  private final ModelMetadata m;
  private final List<TensorSpec> specs = new ArrayList<>();
  private int layer;

  /**
   * An empty list.
   *
   * @throws io.quant4j.api.error.QuantException if the hyper-parameters contradict each other
   */
  TensorList(ModelMetadata metadata) {
    Hyperparameters.check(metadata);
    this.m = metadata;
  }

  List<TensorSpec> specs() {
    return specs;
  }

  /** Embedding and last norm. */
  TensorList embedding() {
    global(Kind.TOKEN_EMBEDDING, true, "model.embed_tokens", m.vocabularySize(), dim());
    return global(Kind.OUTPUT_NORM, true, "model.norm", dim());
  }

  /**
   * The output matrix.
   *
   * @param required whether the embedding cannot stand in for it
   */
  TensorList output(boolean required) {
    return global(Kind.OUTPUT, required, "lm_head", m.vocabularySize(), dim());
  }

  /** Divisors of the rotary frequencies, which Hugging Face checkpoints never have. */
  TensorList ropeFactors(Kind kind, String name) {
    specs.add(
        new TensorSpec(
            TensorRole.weight(kind), Shape.of(m.ropeDimensions() / 2), false, name + ".weight"));
    return this;
  }

  private TensorList global(Kind kind, boolean required, String module, long... sizes) {
    specs.add(
        new TensorSpec(TensorRole.weight(kind), Shape.of(sizes), required, module + ".weight"));
    return this;
  }

  /** Names the layer of what follows. */
  TensorList layer(int number) {
    layer = number;
    return this;
  }

  /** A norm of the width of the residual stream. */
  TensorList norm(Kind kind, String module) {
    return vector(kind, module, dim());
  }

  TensorList vector(Kind kind, String module, long width) {
    specs.add(
        new TensorSpec(
            TensorRole.weight(kind, layer), Shape.of(width), true, prefix() + module + ".weight"));
    return this;
  }

  TensorList matrix(Kind kind, String module, long rows, long cols) {
    specs.add(
        new TensorSpec(
            TensorRole.weight(kind, layer),
            Shape.of(rows, cols),
            true,
            prefix() + module + ".weight"));
    return this;
  }

  /** A matrix that may have a bias. */
  TensorList linear(Kind kind, String module, long rows, long cols) {
    specs.add(
        new TensorSpec(
            TensorRole.bias(kind, layer), Shape.of(rows), false, prefix() + module + ".bias"));
    return matrix(kind, module, rows, cols);
  }

  /** A stack of matrices that Hugging Face checkpoints store one by one. */
  TensorList stack(Kind kind, String experts, String module, long rows, long cols) {
    List<String> parts = new ArrayList<>();
    for (int expert = 0; expert < m.expertCount(); expert++) {
      parts.add(prefix() + experts + "." + expert + "." + module + ".weight");
    }
    specs.add(
        new TensorSpec(
            TensorRole.weight(kind, layer),
            Shape.of(m.expertCount(), rows, cols),
            true,
            prefix() + experts + ".*." + module + ".weight",
            parts));
    return this;
  }

  /** Four projections, each of which may have a bias. */
  TensorList attention() {
    long query = queryRows();
    long kv = keyRows();
    linear(Kind.ATTENTION_QUERY, "self_attn.q_proj", query, dim());
    linear(Kind.ATTENTION_KEY, "self_attn.k_proj", kv, dim());
    linear(Kind.ATTENTION_VALUE, "self_attn.v_proj", kv, dim());
    return linear(Kind.ATTENTION_OUTPUT, "self_attn.o_proj", dim(), query);
  }

  /** Norms of query and key heads. */
  TensorList headNorms() {
    vector(Kind.ATTENTION_QUERY_NORM, "self_attn.q_norm", m.headDim());
    return vector(Kind.ATTENTION_KEY_NORM, "self_attn.k_norm", m.headDim());
  }

  /** Three projections, each of which may have a bias. */
  TensorList feedForward() {
    long inner = m.feedForwardLength();
    linear(Kind.FEED_FORWARD_GATE, "mlp.gate_proj", inner, dim());
    linear(Kind.FEED_FORWARD_UP, "mlp.up_proj", inner, dim());
    return linear(Kind.FEED_FORWARD_DOWN, "mlp.down_proj", dim(), inner);
  }

  /**
   * A router and the stacks of its experts.
   *
   * @param module holds the router {@code gate} and {@code experts}
   */
  TensorList experts(String module, String gate, String up, String down) {
    long inner = m.expertFeedForwardLength();
    String experts = module + ".experts";
    matrix(Kind.EXPERT_ROUTER, module + ".gate", m.expertCount(), dim());
    stack(Kind.EXPERT_GATE, experts, gate, inner, dim());
    stack(Kind.EXPERT_UP, experts, up, inner, dim());
    return stack(Kind.EXPERT_DOWN, experts, down, dim(), inner);
  }

  /** The expert that every token sees, and its router. */
  TensorList sharedExpert(String module) {
    long inner = m.sharedExpertFeedForwardLength();
    matrix(Kind.SHARED_EXPERT_ROUTER, module + "_gate", 1, dim());
    matrix(Kind.SHARED_EXPERT_GATE, module + ".gate_proj", inner, dim());
    matrix(Kind.SHARED_EXPERT_UP, module + ".up_proj", inner, dim());
    return matrix(Kind.SHARED_EXPERT_DOWN, module + ".down_proj", dim(), inner);
  }

  /** Rows of the query projection. */
  long queryRows() {
    return (long) m.headCount() * m.headDim();
  }

  /** Rows of the key projection, and of that for values. */
  long keyRows() {
    return (long) m.kvHeadCount() * m.headDim();
  }

  private long dim() {
    return m.embeddingLength();
  }

  private String prefix() {
    return "model.layers." + layer + ".";
  }
}
