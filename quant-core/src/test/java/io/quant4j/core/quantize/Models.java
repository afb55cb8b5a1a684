package io.quant4j.core.quantize;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RopeScaling;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Models made up for tests, in the container "huggingface" unless said otherwise. */
final class Models {
  static final String HUGGING_FACE = "huggingface";

  private Models() {}

  /** A tensor of a Llama model. */
  record Tensor(TensorRole role, Shape shape) {
    String name() {
      return (role.layer() < 0 ? "" : "layers." + role.layer() + ".")
          + role.kind()
          + "."
          + role.part();
    }
  }

  /** Hyper-parameters with heads of 32 and half as many key/value heads. */
  static ModelMetadata metadata(int layers, int dim, int feedForward, int vocabulary) {
    return ModelMetadata.builder("llama")
        .vocabularySize(vocabulary)
        .embeddingLength(dim)
        .feedForwardLength(feedForward)
        .layerCount(layers)
        .headCount(dim / 32)
        .kvHeadCount(dim / 64)
        .headDim(32)
        .rotaryLayout(RotaryLayout.HALF_SPLIT)
        .build();
  }

  static ModelMetadata small() {
    return metadata(2, 256, 512, 300);
  }

  /** The small model of a Hugging Face directory. */
  static MemoryCheckpoint small(FormatId format) {
    return random(HUGGING_FACE, small(), format);
  }

  /** Several chunks for one tensor, one chunk for each of the others. */
  static MemoryCheckpoint large() {
    return random(HUGGING_FACE, metadata(1, 256, 512, 5000), FormatId.BF16);
  }

  /** Nothing but an output matrix in F32. */
  static MemoryCheckpoint output(Shape shape, float[] values) {
    return output(HUGGING_FACE, FormatId.F32, shape, values);
  }

  /** Nothing but an output matrix. */
  static MemoryCheckpoint output(String container, FormatId format, Shape shape, float[] values) {
    return new MemoryCheckpoint(container, small())
        .add(
            "lm_head",
            Optional.of(TensorRole.weight(TensorRole.Kind.OUTPUT)),
            format,
            shape,
            values);
  }

  static ModelMetadata withLlama3Scaling(ModelMetadata metadata) {
    return metadata.toBuilder().ropeScaling(new RopeScaling.Llama3(8, 1, 4, 8192)).build();
  }

  /** The tensors of a Llama model with tied embeddings, in an order that no file has. */
  static List<Tensor> tensors(ModelMetadata m) {
    List<Tensor> all = new ArrayList<>();
    long dim = m.embeddingLength();
    long kv = (long) m.kvHeadCount() * m.headDim();
    long ff = m.feedForwardLength();
    for (int layer = m.layerCount() - 1; layer >= 0; layer--) {
      add(all, TensorRole.Kind.ATTENTION_NORM, layer, dim);
      add(all, TensorRole.Kind.ATTENTION_QUERY, layer, dim, dim);
      add(all, TensorRole.Kind.ATTENTION_KEY, layer, kv, dim);
      add(all, TensorRole.Kind.ATTENTION_VALUE, layer, kv, dim);
      add(all, TensorRole.Kind.ATTENTION_OUTPUT, layer, dim, dim);
      add(all, TensorRole.Kind.FEED_FORWARD_NORM, layer, dim);
      add(all, TensorRole.Kind.FEED_FORWARD_GATE, layer, ff, dim);
      add(all, TensorRole.Kind.FEED_FORWARD_UP, layer, ff, dim);
      add(all, TensorRole.Kind.FEED_FORWARD_DOWN, layer, dim, ff);
    }
    add(all, TensorRole.Kind.TOKEN_EMBEDDING, -1, m.vocabularySize(), dim);
    add(all, TensorRole.Kind.OUTPUT_NORM, -1, dim);
    return all;
  }

  private static void add(List<Tensor> all, TensorRole.Kind kind, int layer, long... sizes) {
    all.add(new Tensor(new TensorRole(kind, layer, TensorRole.Part.WEIGHT), Shape.of(sizes)));
  }

  /** With random elements. */
  static MemoryCheckpoint random(String container, ModelMetadata metadata, FormatId format) {
    MemoryCheckpoint model = new MemoryCheckpoint(container, metadata);
    long seed = 1;
    for (Tensor t : tensors(metadata)) {
      FormatId stored =
          t.shape.rank() == 1 && container.equals(MemoryWriter.NAME) ? FormatId.F32 : format;
      model.add(
          t.name(), Optional.of(t.role), stored, t.shape, MemoryCheckpoint.random(seed++, t.shape));
    }
    return model;
  }

  /** The small model without elements, for plans. */
  static MemoryCheckpoint sized() {
    return sized(small(), FormatId.BF16);
  }

  /** Without elements, for plans. */
  static MemoryCheckpoint sized(ModelMetadata metadata, FormatId format) {
    MemoryCheckpoint model = new MemoryCheckpoint(HUGGING_FACE, metadata);
    for (Tensor t : tensors(metadata)) {
      model.add(t.name(), Optional.of(t.role), format, t.shape);
    }
    return model;
  }
}
