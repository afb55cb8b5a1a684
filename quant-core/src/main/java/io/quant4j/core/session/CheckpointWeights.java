package io.quant4j.core.session;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.spi.TensorSpec;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The weights of an open checkpoint, held against what its architecture expects. */
final class CheckpointWeights implements WeightSource {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWeights.class);

  private final Checkpoint checkpoint;
  private final Map<TensorRole, StoredTensor> byRole;
  private final Function<StoredTensor, TensorView> views;

  private CheckpointWeights(
      Checkpoint checkpoint,
      Map<TensorRole, StoredTensor> byRole,
      Function<StoredTensor, TensorView> views) {
    this.checkpoint = checkpoint;
    this.byRole = byRole;
    this.views = views;
  }

  /**
   * Checks that every required tensor is there once and that all have the expected shapes.
   *
   * @throws MalformedModelException naming the tensors that are missing, double or of another shape
   */
  static CheckpointWeights of(Checkpoint checkpoint, ModelArchitecture architecture) {
    Map<TensorRole, StoredTensor> found = byRole(checkpoint);
    Map<TensorRole, StoredTensor> used = new HashMap<>();
    List<String> missing = new ArrayList<>();
    for (TensorSpec expected : architecture.tensors(checkpoint.metadata())) {
      for (TensorSpec spec : asStored(expected, found)) {
        StoredTensor tensor = found.remove(spec.role());
        if (tensor != null) {
          checkShape(checkpoint, spec, tensor);
          used.put(spec.role(), tensor);
        } else if (spec.required()) {
          missing.add(spec.huggingFaceName() + " (" + describe(spec.role()) + ")");
        }
      }
    }
    if (!missing.isEmpty()) {
      throw new MalformedModelException(
          ErrorLocation.of(checkpoint.path()),
          missing.size() + " tensors are missing: " + abbreviate(missing),
          "The model is incomplete; get it again, with all its parts.");
    }
    if (!found.isEmpty()) {
      LOG.warn(
          "{}: {} tensors are not used by architecture {}: {}",
          checkpoint.path(),
          found.size(),
          architecture.name(),
          abbreviate(found.values().stream().map(t -> t.info().name()).sorted().toList()));
    }
    return new CheckpointWeights(checkpoint, used, checkpoint::view);
  }

  /** The same weights where they lie instead of in the checkpoint. */
  CheckpointWeights at(Function<StoredTensor, TensorView> places) {
    return new CheckpointWeights(checkpoint, byRole, places);
  }

  /** The tensors that are used, in file order. */
  List<StoredTensor> tensors() {
    return checkpoint.tensors().stream().filter(new HashSet<>(byRole.values())::contains).toList();
  }

  Checkpoint checkpoint() {
    return checkpoint;
  }

  /** The matrices of a stack that is not stored whole; otherwise the tensor itself. */
  private static List<TensorSpec> asStored(TensorSpec spec, Map<TensorRole, StoredTensor> found) {
    if (spec.huggingFaceParts().isEmpty() || !found.containsKey(spec.role().ofExpert(0))) {
      return List.of(spec);
    }
    List<Long> sizes = spec.shape().sizes();
    Shape shape = new Shape(sizes.subList(1, sizes.size()));
    List<TensorSpec> parts = new ArrayList<>();
    for (String name : spec.huggingFaceParts()) {
      TensorRole role = spec.role().ofExpert(parts.size());
      parts.add(new TensorSpec(role, shape, spec.required(), name));
    }
    return parts;
  }

  private static Map<TensorRole, StoredTensor> byRole(Checkpoint checkpoint) {
    Map<TensorRole, StoredTensor> found = new HashMap<>();
    for (StoredTensor tensor : checkpoint.tensors()) {
      if (tensor.role().isEmpty()) {
        continue;
      }
      StoredTensor other = found.putIfAbsent(tensor.role().get(), tensor);
      if (other != null) {
        throw new MalformedModelException(
            ErrorLocation.of(checkpoint.path(), tensor.info().name()),
            "the tensor has the same role as '" + other.info().name() + "'",
            "The model is damaged; get it again.");
      }
    }
    return found;
  }

  private static void checkShape(Checkpoint checkpoint, TensorSpec spec, StoredTensor tensor) {
    if (!inner(tensor.info().shape()).equals(inner(spec.shape()))) {
      throw new MalformedModelException(
          ErrorLocation.of(checkpoint.path(), tensor.info().name()),
          "the tensor has shape "
              + tensor.info().shape()
              + ", the metadata ask for "
              + spec.shape(),
          "Tensors and metadata are not of the same model; get it again.");
    }
  }

  /** Outer sizes of 1 come and go between containers. */
  private static List<Long> inner(Shape shape) {
    List<Long> sizes = shape.sizes();
    int outer = 0;
    while (outer < sizes.size() && sizes.get(outer) == 1) {
      outer++;
    }
    return sizes.subList(outer, sizes.size());
  }

  private static String describe(TensorRole role) {
    return role.kind() + (role.layer() < 0 ? "" : " of layer " + role.layer());
  }

  private static String abbreviate(List<String> names) {
    int shown = Math.min(5, names.size());
    String list = String.join(", ", names.subList(0, shown));
    return shown < names.size() ? list + ", and " + (names.size() - shown) + " more" : list;
  }

  @Override
  public Optional<TensorView> find(TensorRole role) {
    return Optional.ofNullable(byRole.get(role)).map(views);
  }

  @Override
  public List<TensorView> experts(TensorRole stack) {
    if (!byRole.containsKey(stack.ofExpert(0))) {
      return require(stack).outerParts();
    }
    List<TensorView> matrices = new ArrayList<>();
    for (int expert = 0; byRole.containsKey(stack.ofExpert(expert)); expert++) {
      matrices.add(require(stack.ofExpert(expert)));
    }
    return matrices;
  }

  @Override
  public TensorView require(TensorRole role) {
    return find(role)
        .orElseThrow(() ->
            new MalformedModelException(
                ErrorLocation.of(checkpoint.path(), describe(role)),
                "the tensor is missing",
                "The model is incomplete; get it again, with all its parts."));
  }
}
