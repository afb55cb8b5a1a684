package io.quant4j.core.calibrate;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.TensorView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The weights of a model, some of them replaced. */
final class ProbedWeights implements WeightSource {
  private final WeightSource source;
  private final Map<TensorRole, TensorView> replaced;

  ProbedWeights(WeightSource source, Map<TensorRole, TensorView> replaced) {
    this.source = source;
    this.replaced = replaced;
  }

  @Override
  public Optional<TensorView> find(TensorRole role) {
    return Optional.ofNullable(replaced.get(role)).or(() -> source.find(role));
  }

  @Override
  public TensorView require(TensorRole role) {
    return Optional.ofNullable(replaced.get(role)).orElseGet(() -> source.require(role));
  }

  @Override
  public List<TensorView> experts(TensorRole stack) {
    if (replaced.containsKey(stack)) {
      return require(stack).outerParts();
    }
    List<TensorView> matrices = new ArrayList<>();
    for (TensorView matrix : source.experts(stack)) {
      TensorView other = replaced.get(stack.ofExpert(matrices.size()));
      matrices.add(other == null ? matrix : other);
    }
    return matrices;
  }
}
