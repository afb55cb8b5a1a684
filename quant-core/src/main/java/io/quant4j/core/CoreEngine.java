package io.quant4j.core;

import io.quant4j.api.BackendReport;
import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.LoadOptions;
import io.quant4j.api.Model;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizerOptions;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.EngineProvider;
import io.quant4j.api.spi.HostKernels;
import io.quant4j.api.spi.KernelSet;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.SpiVersion;
import io.quant4j.core.calibrate.ImportanceFiles;
import io.quant4j.core.checkpoint.Checkpoints;
import io.quant4j.core.discovery.Backends;
import io.quant4j.core.kernel.KernelTable;
import io.quant4j.core.kernel.ScalarBackend;
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
    return QuantizationRun.run(options, hostKernels());
  }

  /** Encoders run on the host, whatever backend would generate text. */
  private static HostKernels hostKernels() {
    HostKernels scalar = ScalarBackend.kernels();
    return switch (Backends.choose(Optional.empty()).open()) {
      case KernelSet.OnHost(HostKernels kernels) -> new KernelTable(kernels, scalar);
      case KernelSet.OnDevice(Operations device) -> {
        device.close();
        yield scalar;
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
  public List<BackendReport> backends() {
    return Backends.reports();
  }
}
