package io.quant4j.core.quantize;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A tensor of the source as the target will know it.
 *
 * @param role what it does in the target, if that is known
 * @param name in the target container
 * @param originalName in the target container if no layer were left out
 * @param layer decoder layer in the target, or {@link TensorRole#NO_LAYER}
 * @param kind empty if it is no matrix to be quantized
 */
record NamedTensor(
    StoredTensor stored,
    Optional<TensorRole> role,
    String name,
    String originalName,
    int layer,
    Optional<MatrixKind> kind) {

  /** As llama.cpp lays tensors out: those of no layer first, then by layer, each by name. */
  static final Comparator<NamedTensor> FILE_ORDER =
      Comparator.comparingInt(NamedTensor::layer).thenComparing(NamedTensor::name);

  /** Ends of names of Hugging Face tensors that only repeat what the hyper-parameters say. */
  private static final List<String> DERIVED =
      List.of(".rotary_emb.inv_freq", ".attention.bias", ".attention.masked_bias");

  /** Beginnings of names of Hugging Face tensors that belong to another model for images. */
  private static final List<String> VISION = List.of("vision_tower.", "multi_modal_projector.");

  private static boolean leftOut(String name) {
    return DERIVED.stream().anyMatch(name::endsWith) || VISION.stream().anyMatch(name::startsWith);
  }

  /**
   * The tensors of a model in the order of the source.
   *
   * @throws UnsupportedModelException if the target has no name for one
   */
  static List<NamedTensor> list(Checkpoint source, CheckpointWriter writer) {
    boolean sameContainer = source.container().equals(writer.name());
    List<NamedTensor> tensors = new ArrayList<>();
    for (StoredTensor stored : source.tensors()) {
      String sourceName = stored.info().name();
      if (stored.role().isEmpty() && !sameContainer) {
        if (leftOut(sourceName)) {
          continue;
        }
        throw new UnsupportedModelException(
            ErrorLocation.of(source.path(), sourceName),
            "the architecture "
                + source.metadata().architecture()
                + " has no tensor of this name, so it has no place in a "
                + writer.name()
                + " file",
            "Remove the tensor from the model, or install what knows this kind of model.");
      }
      tensors.add(named(stored, writer.tensorName(stored.role(), sourceName)));
    }
    return tensors;
  }

  private static NamedTensor named(StoredTensor stored, String name) {
    return new NamedTensor(
        stored,
        stored.role(),
        name,
        name,
        MatrixKind.layer(stored.role(), name),
        MatrixKind.of(stored.role(), name, stored.info().shape()));
  }

  /** The same tensor as part of another layer, of the name that the target gives it there. */
  NamedTensor inLayer(int otherLayer, CheckpointWriter writer) {
    Optional<TensorRole> otherRole = role.map(r -> r.inLayer(otherLayer));
    String otherName = writer.tensorName(otherRole, MatrixKind.inLayer(name, otherLayer));
    return new NamedTensor(stored, otherRole, otherName, originalName, otherLayer, kind);
  }

  Shape shape() {
    return stored.info().shape();
  }

  boolean isKind(MatrixKind other) {
    return kind.isPresent() && kind.get() == other;
  }

  /** Whether it is a stack of several matrices, one per expert. */
  boolean stacked() {
    return shape().matrices() > 1;
  }
}
