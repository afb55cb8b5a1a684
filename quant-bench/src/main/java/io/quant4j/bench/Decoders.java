package io.quant4j.bench;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.discovery.Extensions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Forward passes of stored models on operations that a measurement chooses. */
public final class Decoders {
  private Decoders() {}

  /** The decoder of a model whose weights are bound where they are stored. */
  public static Decoder of(Checkpoint checkpoint, Placement placement) {
    Map<TensorRole, TensorView> views = new HashMap<>();
    for (StoredTensor tensor : checkpoint.tensors()) {
      tensor.role().ifPresent(role -> views.put(role, checkpoint.view(tensor)));
    }
    WeightSource weights =
        new WeightSource() {
          @Override
          public Optional<TensorView> find(TensorRole role) {
            return Optional.ofNullable(views.get(role));
          }

          @Override
          public TensorView require(TensorRole role) {
            return find(role).orElseThrow();
          }
        };
    return Extensions.installed()
        .architecture(checkpoint.metadata().architecture(), ErrorLocation.none())
        .decoder(checkpoint.metadata(), weights, placement);
  }
}
