package io.quant4j.core.model;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.TensorSpec;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.TensorView;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** F32 weights from a seed for every tensor of an architecture. */
final class RandomWeights implements WeightSource {
  private final Map<TensorRole, float[]> values = new HashMap<>();
  private final Map<TensorRole, TensorView> views = new HashMap<>();

  RandomWeights(
      ModelArchitecture architecture,
      ModelMetadata metadata,
      long seed,
      Predicate<TensorRole> present) {
    SplittableRandom random = new SplittableRandom(seed);
    for (TensorSpec spec : architecture.tensors(metadata)) {
      if (!present.test(spec.role())) {
        continue;
      }
      float[] data = new float[(int) spec.shape().elements()];
      double scale = 1 / Math.sqrt(spec.shape().cols());
      for (int i = 0; i < data.length; i++) {
        data[i] = (float) ((random.nextDouble() * 2 - 1) * scale * 1.7);
      }
      if (!spec.role().kind().matrix()) {
        for (int i = 0; i < data.length; i++) {
          data[i] = 1 + data[i];
        }
      }
      values.put(spec.role(), data);
      views.put(
          spec.role(), new TensorView(FormatId.F32, spec.shape(), MemorySegment.ofArray(data)));
    }
  }

  float[] values(TensorRole role) {
    return Objects.requireNonNull(values.get(role), role.toString());
  }

  @Override
  public Optional<TensorView> find(TensorRole role) {
    return Optional.ofNullable(views.get(role));
  }

  @Override
  public TensorView require(TensorRole role) {
    return find(role).orElseThrow();
  }
}
