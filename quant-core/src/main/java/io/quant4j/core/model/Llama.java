package io.quant4j.core.model;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.TensorSpec;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Llama 1 to 3.x: pre-norm decoder with RMS norms, rotary positions, grouped-query attention and
 * SwiGLU (Touvron et al. 2023, Grattafiori et al. 2024). Embedding and output may share one matrix;
 * projections may have biases.
 */
public final class Llama implements ModelArchitecture {

  /** For the service loader. */
  public Llama() {}

  @Override
  public String name() {
    return "llama";
  }

  @Override
  public Set<String> huggingFaceModelTypes() {
    return Set.of("llama");
  }

  @Override
  public List<TensorSpec> tensors(ModelMetadata m) {
    check(m);
    long vocab = m.vocabularySize();
    long dim = m.embeddingLength();
    List<TensorSpec> specs = new ArrayList<>();
    specs.add(global(Kind.TOKEN_EMBEDDING, true, "model.embed_tokens", vocab, dim));
    specs.add(global(Kind.OUTPUT_NORM, true, "model.norm", dim));
    specs.add(global(Kind.OUTPUT, false, "lm_head", vocab, dim));
    specs.add(
        new TensorSpec(
            TensorRole.weight(Kind.ROPE_FREQUENCIES),
            Shape.of(m.ropeDimensions() / 2),
            false,
            "rope_freqs.weight"));
    for (int layer = 0; layer < m.layerCount(); layer++) {
      addLayer(specs, m, layer);
    }
    return specs;
  }

  private static void addLayer(List<TensorSpec> specs, ModelMetadata m, int layer) {
    String prefix = "model.layers." + layer + ".";
    long dim = m.embeddingLength();
    long query = (long) m.headCount() * m.headDim();
    long kv = (long) m.kvHeadCount() * m.headDim();
    long inner = m.feedForwardLength();
    addNorm(specs, Kind.ATTENTION_NORM, layer, prefix + "input_layernorm", dim);
    addLinear(specs, Kind.ATTENTION_QUERY, layer, prefix + "self_attn.q_proj", query, dim);
    addLinear(specs, Kind.ATTENTION_KEY, layer, prefix + "self_attn.k_proj", kv, dim);
    addLinear(specs, Kind.ATTENTION_VALUE, layer, prefix + "self_attn.v_proj", kv, dim);
    addLinear(specs, Kind.ATTENTION_OUTPUT, layer, prefix + "self_attn.o_proj", dim, query);
    addNorm(specs, Kind.FEED_FORWARD_NORM, layer, prefix + "post_attention_layernorm", dim);
    addLinear(specs, Kind.FEED_FORWARD_GATE, layer, prefix + "mlp.gate_proj", inner, dim);
    addLinear(specs, Kind.FEED_FORWARD_UP, layer, prefix + "mlp.up_proj", inner, dim);
    addLinear(specs, Kind.FEED_FORWARD_DOWN, layer, prefix + "mlp.down_proj", dim, inner);
  }

  private static TensorSpec global(Kind kind, boolean required, String module, long... sizes) {
    return new TensorSpec(TensorRole.weight(kind), Shape.of(sizes), required, module + ".weight");
  }

  private static void addNorm(
      List<TensorSpec> specs, Kind kind, int layer, String module, long dim) {
    specs.add(
        new TensorSpec(TensorRole.weight(kind, layer), Shape.of(dim), true, module + ".weight"));
  }

  private static void addLinear(
      List<TensorSpec> specs, Kind kind, int layer, String module, long rows, long cols) {
    specs.add(
        new TensorSpec(
            TensorRole.weight(kind, layer), Shape.of(rows, cols), true, module + ".weight"));
    specs.add(
        new TensorSpec(TensorRole.bias(kind, layer), Shape.of(rows), false, module + ".bias"));
  }

  private static void check(ModelMetadata m) {
    if (m.expertCount() > 0) {
      throw new UnsupportedModelException(
          ErrorLocation.subject(m.architecture()),
          "the model has " + m.expertCount() + " experts per layer",
          "Only dense models of this architecture can be used so far.");
    }
    require(m.vocabularySize() > 0, m, "vocabulary size", m.vocabularySize());
    require(m.embeddingLength() > 0, m, "embedding length", m.embeddingLength());
    require(m.layerCount() > 0, m, "layer count", m.layerCount());
    require(m.feedForwardLength() > 0, m, "feed-forward length", m.feedForwardLength());
    require(m.contextLength() > 0, m, "context length", m.contextLength());
    require(m.headCount() > 0, m, "head count", m.headCount());
    require(
        m.kvHeadCount() > 0 && m.headCount() % m.kvHeadCount() == 0,
        m,
        "kv head count (it must divide the head count)",
        m.kvHeadCount());
    require(m.headDim() > 0, m, "head width", m.headDim());
    require(
        m.ropeDimensions() > 0 && m.ropeDimensions() % 2 == 0 && m.ropeDimensions() <= m.headDim(),
        m,
        "number of rotary dimensions (it must be even and at most the head width)",
        m.ropeDimensions());
  }

  private static void require(boolean holds, ModelMetadata m, String what, int value) {
    if (!holds) {
      throw new MalformedModelException(
          ErrorLocation.subject(m.architecture()),
          "the " + what + " is " + value,
          "The metadata is damaged or of another architecture; get the model again.");
    }
  }

  @Override
  public Decoder decoder(ModelMetadata metadata, WeightSource weights, Operations operations) {
    return new LlamaDecoder(metadata, weights, operations);
  }
}
