package io.quant4j.core.calibrate;

import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.TensorSensitivity;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.discovery.Extensions;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Measures how much a model's predictions suffer from errors in each matrix: stores one matrix
 * after the other as a {@link Probe}, all others as they are, and divides the divergence of the
 * predictions by the error of the matrix.
 */
public final class SensitivityMeter {
  private final Checkpoint checkpoint;
  private final WeightSource weights;
  private final Optional<ImportanceMatrix> importance;
  private final GgufNames names;

  /**
   * @param weights of the checkpoint
   * @throws io.quant4j.api.error.MissingExtensionException if nothing installed knows the names of
   *     weights in GGUF files
   */
  public SensitivityMeter(
      Checkpoint checkpoint, WeightSource weights, Optional<ImportanceMatrix> importance) {
    this.checkpoint = checkpoint;
    this.weights = weights;
    this.importance = importance;
    this.names = GgufNames.installed();
  }

  /**
   * Measures all matrices.
   *
   * @param divergence of the predictions with some weights replaced from those without, in nats
   */
  public TensorSensitivity measure(ToDoubleFunction<WeightSource> divergence) {
    SortedMap<String, Double> losses = new TreeMap<>();
    stacks().forEach((role, parts) -> losses.put(names.of(role), loss(role, parts, divergence)));
    return new TensorSensitivity(losses);
  }

  /** The parts of each matrix or stack of matrices; a tensor stored whole is its only part. */
  private Map<TensorRole, List<StoredTensor>> stacks() {
    Map<TensorRole, List<StoredTensor>> stacks = new LinkedHashMap<>();
    for (StoredTensor tensor : checkpoint.tensors()) {
      tensor
          .role()
          .filter(role -> isMatrix(role, tensor.info().shape()))
          .ifPresent(
              role -> stacks.computeIfAbsent(role.whole(), key -> new ArrayList<>()).add(tensor));
    }
    return stacks;
  }

  private static boolean isMatrix(TensorRole role, Shape shape) {
    return role.part() == TensorRole.Part.WEIGHT && shape.rank() > 1 && shape.rows() > 1;
  }

  private double loss(
      TensorRole role, List<StoredTensor> parts, ToDoubleFunction<WeightSource> divergence) {
    Optional<BlockFormat> to = Probe.format(parts.getFirst().info().shape());
    if (to.isEmpty()) {
      return 0;
    }
    Probe probe = new Probe();
    try (Arena arena = Arena.ofShared()) {
      Map<TensorRole, TensorView> replaced = new LinkedHashMap<>();
      for (StoredTensor part : parts) {
        TensorView view = checkpoint.view(part);
        BlockFormat from =
            Extensions.installed()
                .format(view.format(), ErrorLocation.of(checkpoint.path(), part.info().name()));
        replaced.put(
            part.role().orElseThrow(),
            probe.encode(view, from, to.get(), columnWeights(role, view), arena));
      }
      double error = probe.relativeError();
      return error > 0 ? divergence.applyAsDouble(new ProbedWeights(weights, replaced)) / error : 0;
    }
  }

  /** Importance of the columns, of experts that of the first; empty if it is not known. */
  private float[] columnWeights(TensorRole role, TensorView view) {
    return importance
        .flatMap(matrix -> matrix.find(names.of(role)))
        .filter(entry -> entry.cols() == view.shape().cols())
        .map(entry -> entry.weights(0))
        .orElseGet(() -> new float[0]);
  }
}
