package io.quant4j.core.calibrate;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.TensorView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers where in memory the weights lie that a decoder asks for, since the decoder hands
 * operations only their bytes. Of a matrix that it splits (query, key and value in one), the part
 * with the first row has the name; the others see the same activations.
 */
final class NamedWeights implements WeightSource {
  private final WeightSource source;
  private final Map<Place, TensorRole> roles = new HashMap<>();

  /**
   * First byte of a weight.
   *
   * @param memory the array that holds it, or nothing outside the heap
   */
  private record Place(Optional<Object> memory, long address) {
    static Place of(TensorView view) {
      return new Place(view.data().heapBase(), view.data().address());
    }
  }

  NamedWeights(WeightSource source) {
    this.source = source;
  }

  @Override
  public Optional<TensorView> find(TensorRole role) {
    return source.find(role).map(view -> remember(role, view));
  }

  @Override
  public TensorView require(TensorRole role) {
    return remember(role, source.require(role));
  }

  @Override
  public List<TensorView> experts(TensorRole stack) {
    List<TensorView> matrices = source.experts(stack);
    remember(stack, matrices.getFirst());
    return matrices;
  }

  private TensorView remember(TensorRole role, TensorView view) {
    roles.put(Place.of(view), role);
    return view;
  }

  /** The role of a weight that was asked for here. */
  Optional<TensorRole> roleOf(TensorView view) {
    return Optional.ofNullable(roles.get(Place.of(view)));
  }
}
