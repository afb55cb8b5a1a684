package io.quant4j.core;

import io.quant4j.api.BackendReport;
import io.quant4j.api.CheckpointCheck;
import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.QuantizationPreview;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizerOptions;
import io.quant4j.api.error.BackendUnavailableException;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.EngineProvider;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.SpiVersion;
import io.quant4j.core.calibrate.ImportanceFiles;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.checkpoint.MappedTensors;
import io.quant4j.core.discovery.Backends;
import io.quant4j.core.kernel.KernelTable;
import io.quant4j.core.kernel.ScalarBackend;
import io.quant4j.core.quantize.FiniteCheck;
import io.quant4j.core.quantize.QuantizationRun;
import io.quant4j.core.session.ModelLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
    return QuantizationRun.run(options, hostKernels(options.backend()));
  }

  @Override
  public QuantizationPreview plan(QuantizerOptions options) {
    return QuantizationRun.plan(options, hostKernels(options.backend()));
  }

  /**
   * Encoders run on the host, whatever backend would generate text.
   *
   * @param name the backend that must be used, if the user named one
   * @throws BackendUnavailableException if the one named has no encoders for the host
   */
  private static HostKernels hostKernels(Optional<String> name) {
    HostKernels scalar = ScalarBackend.kernels();
    if (name.isEmpty()) {
      return new KernelTable(Backends.onHost(), scalar);
    }
    return switch (Backends.choose(name).open()) {
      case KernelSet.OnHost(HostKernels kernels) -> new KernelTable(kernels, scalar);
      case KernelSet.OnDevices devices -> {
        devices.close();
        throw new BackendUnavailableException(
            ErrorLocation.subject(name.get()),
            "the backend runs on a device, but models are quantized on the host",
            "Leave the backend out, or name one that runs on the host.");
      }
    };
  }

  @Override
  public Checkpoint open(Path path) {
    return Checkpoints.open(path);
  }

  @Override
  public ImportanceMatrix readImportance(Path path) {
    return ImportanceFiles.read(path);
  }

  @Override
  public void writeImportance(ImportanceMatrix matrix, Path target, Optional<String> format) {
    ImportanceFiles.write(matrix, target, format);
  }

  @Override
  public CheckpointCheck check(Checkpoint checkpoint, int threads) {
    try (MappedTensors tensors = MappedTensors.of(checkpoint)) {
      return tensors.read(() -> FiniteCheck.of(checkpoint, threads));
    }
  }

  @Override
  public List<BackendReport> backends() {
    return Backends.reports();
  }
}
