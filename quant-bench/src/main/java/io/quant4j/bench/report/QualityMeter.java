package io.quant4j.bench.report;

import io.quant4j.api.Divergence;
import io.quant4j.api.Estimate;
import io.quant4j.api.ImportanceMatrix;
import io.quant4j.api.ImportanceOptions;
import io.quant4j.api.Model;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.Quant4J;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.QuantizationReport.TensorReport;
import io.quant4j.api.Quantizer;
import io.quant4j.api.TensorSensitivity;
import io.quant4j.api.error.QuantException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Quantizes a model and compares it with what it was. Quantized files are decoded to F32 before
 * they run, which gives the same logits and the same speed for every format, with a fast kernel or
 * without.
 */
final class QualityMeter implements AutoCloseable {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int CALIBRATION_CHUNKS = 200;
  private static final int SENSITIVITY_CHUNKS = 4;

  private final Path base;
  private final Path quantized;
  private final Path decoded;
  private final Map<String, Double> power = new HashMap<>();
  private final Model model;
  private final String text;
  private final PerplexityOptions windows;

  /**
   * @param directory for files in between
   */
  QualityMeter(Path source, Path text, PerplexityOptions windows, Path directory)
      throws IOException {
    this.base = directory.resolve("base.gguf");
    this.quantized = directory.resolve("quantized.gguf");
    this.decoded = directory.resolve("decoded.gguf");
    this.text = Files.readString(text);
    this.windows = windows;
    Quantizer.builder().source(source).target(base).fileType("F32").build().run();
    try (Checkpoint checkpoint = Quant4J.open(base)) {
      for (StoredTensor tensor : checkpoint.tensors()) {
        power.put(tensor.info().name(), squares(checkpoint.view(tensor).data()));
      }
    }
    this.model = Model.load(base);
  }

  private static double squares(MemorySegment floats) {
    double sum = 0;
    for (long at = 0; at < floats.byteSize(); at += Float.BYTES) {
      double value = floats.get(FLOAT, at);
      sum += value * value;
    }
    return sum;
  }

  /** Calibrates the base model on a text, with the windows that are compared. */
  ImportanceMatrix calibrate(Path calibration) throws IOException {
    return model.collectImportance(
        Files.readString(calibration),
        ImportanceOptions.defaults()
            .withContext(windows.context())
            .withChunks(CALIBRATION_CHUNKS)
            .withPerplexity(false));
  }

  /** How much each matrix of the base model matters, by a few windows of a text. */
  TensorSensitivity measureSensitivity(Path calibration, Optional<ImportanceMatrix> importance)
      throws IOException {
    return model.measureSensitivity(
        Files.readString(calibration),
        importance,
        PerplexityOptions.defaults().withContext(windows.context()).withChunks(SENSITIVITY_CHUNKS));
  }

  /**
   * Quantizes and compares; empty if the recipe, the algorithm or the lack of importance does not
   * allow it.
   *
   * @param settings adds to a quantizer that has a source and a target
   */
  Optional<Quality> measure(Consumer<Quantizer.Builder> settings) {
    Quantizer.Builder builder = Quantizer.builder().source(base).target(quantized);
    settings.accept(builder);
    QuantizationReport report;
    try {
      report = builder.build().run();
    } catch (QuantException e) {
      return Optional.empty();
    }
    Divergence divergence = compare();
    Estimate mean = divergence.klDivergence().mean();
    return Optional.of(
        new Quality(
            report.fileBytes(),
            report.bitsPerWeight(),
            relativeError(report),
            mean.value(),
            mean.uncertainty(),
            divergence.sameTop().value()));
  }

  private Divergence compare() {
    Quantizer.builder()
        .source(quantized)
        .target(decoded)
        .fileType("F32")
        .allowRequantize(true)
        .build()
        .run();
    try (Model other = Model.load(decoded)) {
      return model.compare(other, text, windows);
    }
  }

  private double relativeError(QuantizationReport report) {
    double error = 0;
    double whole = 0;
    for (TensorReport tensor : report.tensors()) {
      if (!tensor.sourceFormat().equals(tensor.targetFormat())) {
        error += tensor.rmse() * tensor.rmse() * tensor.shape().elements();
        whole += power.getOrDefault(tensor.name(), 0.0);
      }
    }
    return whole == 0 ? 0 : Math.sqrt(error / whole);
  }

  @Override
  public void close() {
    model.close();
  }
}
