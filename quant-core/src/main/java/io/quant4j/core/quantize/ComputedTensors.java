package io.quant4j.core.quantize;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Small F32 tensors whose numbers are worked out while planning: those that only the target has,
 * and norms whose gains the target counts from another number.
 */
final class ComputedTensors {
  private final Checkpoint source;
  private final CheckpointWriter writer;
  private final ContainerChanges changes;
  private final Codecs codecs;

  ComputedTensors(
      Checkpoint source, CheckpointWriter writer, ContainerChanges changes, Codecs codecs) {
    this.source = source;
    this.writer = writer;
    this.changes = changes;
    this.codecs = codecs;
  }

  /** Tensors that the source does not have. */
  List<TensorPlan> added() {
    List<TensorPlan> plans = new ArrayList<>();
    changes
        .newTensors()
        .forEach((kind, values) -> {
          TensorRole role = TensorRole.weight(kind);
          String name = writer.tensorName(Optional.of(role), kind.name());
          plans.add(computed(name, Optional.of(role), name, Shape.of(values.length), values));
        });
    return plans;
  }

  /**
   * A tensor of the source with other numbers; empty if they stay.
   *
   * @throws io.quant4j.api.error.MalformedModelException if it holds NaN or infinity
   */
  Optional<TensorPlan> changed(NamedTensor tensor) {
    StoredTensor stored = tensor.stored();
    float shift = changes.normShift(stored);
    if (shift == 0) {
      return Optional.empty();
    }
    TensorView view = source.view(stored);
    float[] values = new float[(int) tensor.shape().elements()];
    codecs
        .require(view.format(), changes.where(stored))
        .decode(view.data(), 0, values, 0, values.length);
    int bad = Floats.firstNonFinite(values, values.length);
    if (bad >= 0) {
      throw changes.malformed(stored.info().name(), "element " + bad + " is NaN or infinite");
    }
    for (int i = 0; i < values.length; i++) {
      values[i] += shift;
    }
    return Optional.of(
        computed(tensor.name(), tensor.role(), stored.info().name(), tensor.shape(), values));
  }

  private static TensorPlan computed(
      String name, Optional<TensorRole> role, String sourceName, Shape shape, float[] values) {
    long bytes = (long) Float.BYTES * values.length;
    return new TensorPlan.Computed(
        name, new PlannedTensor(role, sourceName, FormatId.F32, shape, bytes), values);
  }
}
