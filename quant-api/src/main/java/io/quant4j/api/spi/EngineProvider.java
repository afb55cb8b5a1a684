package io.quant4j.api.spi;

import io.quant4j.api.BackendReport;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.QuantizationPreview;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizerOptions;
import java.nio.file.Path;
import java.util.List;

/** How the API jar reaches the engine. One is expected on the path: quant-core. */
public interface EngineProvider {

  /**
   * The {@link SpiVersion#CURRENT} that the engine was compiled against, as a compile-time
   * constant.
   */
  int spiVersion();

  /** See {@link Model#load(Path)}. */
  Model load(Path path, LoadOptions options);

  /** See {@link io.quant4j.api.Quantizer#run()}. */
  QuantizationReport quantize(QuantizerOptions options);

  /** See {@link io.quant4j.api.Quantizer#plan()}. */
  QuantizationPreview plan(QuantizerOptions options);

  /** Opens a checkpoint for looking at it, without building a model. */
  Checkpoint open(Path path);

  /** Every kernel backend found, by rank, best first. */
  List<BackendReport> backends();
}
