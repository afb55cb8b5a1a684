package io.quant4j.core.quantize;

import io.quant4j.api.model.ModelMetadata;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the rules of a mix may look at for one matrix.
 *
 * @param model hyper-parameters
 * @param kind the matrix
 * @param layer decoder layer, or negative
 * @param ordinal how many matrices of this kind come before it
 * @param ofKind how many of this kind there are
 * @param stacked whether it is a stack of matrices, one per expert
 * @param importance whether an importance matrix is used
 */
record Situation(
    ModelMetadata model,
    MatrixKind kind,
    int layer,
    int ordinal,
    int ofKind,
    boolean stacked,
    boolean importance) {

  private static final Set<MatrixKind> FEED_FORWARD =
      Set.of(
          MatrixKind.FEED_FORWARD_GATE, MatrixKind.FEED_FORWARD_UP, MatrixKind.FEED_FORWARD_DOWN);

  /** Architectures of which llama.cpp knows a size "70B", with that size's layers. */
  private static final Set<String> LARGE =
      Set.of("llama 80", "qwen2 80", "deci 80", "olmo 80", "jais2 68");

  /**
   * Place among those that a rule such as "the first eighth" divides: 0 to {@link #count()} - 1.
   */
  int index() {
    return FEED_FORWARD.contains(kind) && model.expertCount() > 1 && layer >= 0 ? layer : ordinal;
  }

  /** Layers for feed-forward matrices, whatever their number; matrices of the kind otherwise. */
  int count() {
    return FEED_FORWARD.contains(kind) ? model.layerCount() : ofKind;
  }

  /** Query heads that share one key and value head. */
  int headsPerKvHead() {
    return model.kvHeadCount() == 0 ? 0 : model.headCount() / model.kvHeadCount();
  }

  /** Whether this is a 70B model in whose attention many heads share a value matrix. */
  boolean large() {
    boolean grouped = !model.architecture().equals("llama") || headsPerKvHead() != 1;
    return grouped && LARGE.contains(model.architecture() + " " + model.layerCount());
  }

  /** Describes the matrices of a model one after the other. */
  static final class Counter {
    private final ModelMetadata model;
    private final boolean importance;
    private final Map<MatrixKind, Integer> total = new EnumMap<>(MatrixKind.class);
    private final Map<MatrixKind, Integer> seen = new EnumMap<>(MatrixKind.class);

    /**
     * @param tensors all of the model
     * @param importance whether an importance matrix is used
     */
    Counter(ModelMetadata model, List<NamedTensor> tensors, boolean importance) {
      this.model = model;
      this.importance = importance;
      for (NamedTensor tensor : tensors) {
        tensor.kind().ifPresent(kind -> total.merge(kind, 1, Integer::sum));
      }
    }

    /** The next matrix in the order of the file. */
    Situation next(NamedTensor tensor, MatrixKind kind) {
      int ordinal = seen.merge(kind, 1, Integer::sum) - 1;
      int ofKind = total.getOrDefault(kind, 0);
      return new Situation(
          model, kind, tensor.layer(), ordinal, ofKind, tensor.stacked(), importance);
    }
  }
}
