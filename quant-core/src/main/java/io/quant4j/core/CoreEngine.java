package io.quant4j.core;

import io.quant4j.api.BackendReport;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizerOptions;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.EngineProvider;
import io.quant4j.api.spi.SpiVersion;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.discovery.Backends;
import io.quant4j.core.session.ModelLoader;
import java.nio.file.Path;
import java.util.List;

/** The engine as the API finds it. */
public final class CoreEngine implements EngineProvider {

  /** For the service loader. */
  public CoreEngine() {}

  @Override
  public int spiVersion() {
    return SpiVersion.CURRENT;
  }

  @Override
  public Model load(Path path, LoadOptions options) {
    return ModelLoader.load(path, options);
  }

  @Override
  public QuantizationReport quantize(QuantizerOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Checkpoint open(Path path) {
    return Checkpoints.open(path);
  }

  @Override
  public List<BackendReport> backends() {
    return Backends.reports();
  }
}
