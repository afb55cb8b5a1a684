package io.quant4j.api.spi;

import io.quant4j.api.BackendReport;
import io.quant4j.api.CheckpointCheck;
import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.QuantizationPreview;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizerOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

  /** See {@link ImportanceMatrix#read}. */
  ImportanceMatrix readImportance(Path path);

  /**
   * See {@link ImportanceMatrix#write(Path)}.
   *
   * @param format name of the format; empty for the one of the target's name
   */
  void writeImportance(ImportanceMatrix matrix, Path target, Optional<String> format);

  /** See {@link io.quant4j.api.Quant4J#check}. */
  CheckpointCheck check(Checkpoint checkpoint, int threads);

  /** Every kernel backend found, by rank, best first. */
  List<BackendReport> backends();
}
