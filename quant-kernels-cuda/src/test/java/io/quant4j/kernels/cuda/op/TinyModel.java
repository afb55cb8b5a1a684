package io.quant4j.kernels.cuda.op;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.Decoder;
import io.quant4j.api.spi.Placement;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.spi.WeightSource;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.discovery.Extensions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The small model of the repository, for decoders on operations that a test chooses. */
final class TinyModel implements WeightSource, AutoCloseable {
  static final int VOCABULARY = 4_096;

  private final Checkpoint checkpoint =
      Checkpoints.open(
          Path.of(
              Objects.requireNonNull(System.getProperty("quant4j.root")),
              "examples/quickstart/models/tiny-novels"));
  private final Map<TensorRole, TensorView> views = new HashMap<>();

  TinyModel() {
    for (StoredTensor tensor : checkpoint.tensors()) {
      tensor.role().ifPresent(role -> views.put(role, checkpoint.view(tensor)));
    }
  }

  Decoder decoder(Placement placement) {
    return Extensions.installed()
        .architecture(checkpoint.metadata().architecture(), ErrorLocation.none())
        .decoder(checkpoint.metadata(), this, placement);
  }

  @Override
  public Optional<TensorView> find(TensorRole role) {
    return Optional.ofNullable(views.get(role));
  }

  @Override
  public TensorView require(TensorRole role) {
    return find(role).orElseThrow();
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
