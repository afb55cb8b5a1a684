package io.quant4j.core.discovery;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.ImportanceMatrixFormat;
import io.quant4j.api.spi.MappedMemoryWatcher;
import io.quant4j.api.spi.ModelArchitecture;
import io.quant4j.api.spi.QuantizationAlgorithm;
import io.quant4j.api.spi.TokenizerFactory;
import io.quant4j.api.tensor.FormatId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Everything installed that is found by name. Loaded once; immutable. */
public final class Extensions {
  private static final String CONTAINER_REMEDY =
      "GGUF files need the dependency io.quant4j:quant-gguf; a Hugging Face model is named by its"
          + " directory.";

  private static volatile @Nullable Extensions found;

  private final NamedServices<BlockFormat> formats =
      NamedServices.load(BlockFormat.class, f -> f.id().name());
  private final NamedServices<QuantizationAlgorithm> algorithms =
      NamedServices.load(QuantizationAlgorithm.class, QuantizationAlgorithm::name);
  private final NamedServices<ModelArchitecture> architectures =
      NamedServices.load(ModelArchitecture.class, ModelArchitecture::name);
  private final NamedServices<TokenizerFactory> tokenizers =
      NamedServices.load(TokenizerFactory.class, TokenizerFactory::algorithm);
  private final NamedServices<CheckpointReader> readers =
      NamedServices.load(CheckpointReader.class, CheckpointReader::name);
  private final NamedServices<CheckpointWriter> writers =
      NamedServices.load(CheckpointWriter.class, CheckpointWriter::name);
  private final NamedServices<MappedMemoryWatcher> watchers =
      NamedServices.load(MappedMemoryWatcher.class, w -> w.getClass().getName());
  private final NamedServices<ImportanceMatrixFormat> importanceFormats =
      NamedServices.load(ImportanceMatrixFormat.class, ImportanceMatrixFormat::name);

  private Extensions() {}

  /**
   * What is installed beside this class; looked for again at the next call if that fails. Not a
   * static initializer, whose exceptions reach the caller wrapped once and not at all after that.
   *
   * @throws MissingExtensionException if a provider cannot be instantiated, or two have one name
   */
  public static Extensions installed() {
    Extensions extensions = found;
    if (extensions == null) {
      extensions = new Extensions();
      found = extensions;
    }
    return extensions;
  }

  /** All formats that can be decoded and encoded. */
  public Collection<BlockFormat> formats() {
    return formats.all();
  }

  /** The format of this name, if it is installed. */
  public Optional<BlockFormat> findFormat(FormatId id) {
    return formats.find(id.name());
  }

  /**
   * The format of this name.
   *
   * @param location what needs it
   * @throws UnsupportedModelException listing the formats installed
   */
  public BlockFormat format(FormatId id, ErrorLocation location) {
    return findFormat(id)
        .orElseThrow(() ->
            new UnsupportedModelException(
                location,
                "tensor format " + id + " is not installed",
                "Installed are " + formats.names() + "."));
  }

  /**
   * The algorithm of this name.
   *
   * @throws MissingExtensionException listing those installed
   */
  public QuantizationAlgorithm algorithm(String name) {
    return algorithms
        .find(name)
        .orElseThrow(() ->
            new MissingExtensionException(
                ErrorLocation.subject(name),
                "no quantization algorithm of this name is installed",
                "Installed are " + algorithms.names() + "."));
  }

  /**
   * The architecture of this GGUF name.
   *
   * @throws UnsupportedModelException listing those installed
   */
  public ModelArchitecture architecture(String name, ErrorLocation location) {
    return architectures
        .find(name)
        .orElseThrow(() -> unknown("architecture '" + name + "'", architectures.names(), location));
  }

  /**
   * The architecture of a Hugging Face {@code model_type}.
   *
   * @throws UnsupportedModelException listing those installed
   */
  public ModelArchitecture architectureOfModelType(String modelType, ErrorLocation location) {
    return architectures.all().stream()
        .filter(a -> a.huggingFaceModelTypes().contains(modelType))
        .findFirst()
        .orElseThrow(() -> unknown("model_type '" + modelType + "'", modelTypes(), location));
  }

  private List<String> modelTypes() {
    return architectures.all().stream()
        .flatMap(a -> a.huggingFaceModelTypes().stream())
        .sorted()
        .toList();
  }

  private static UnsupportedModelException unknown(
      String what, List<String> known, ErrorLocation location) {
    return new UnsupportedModelException(
        location, what + " is not installed", "Installed are " + known + ".");
  }

  /**
   * The tokenizer of this algorithm.
   *
   * @throws UnsupportedModelException listing those installed
   */
  public TokenizerFactory tokenizer(String algorithm, ErrorLocation location) {
    return tokenizers
        .find(algorithm)
        .orElseThrow(() ->
            new UnsupportedModelException(
                location,
                "tokenizer algorithm '" + algorithm + "' is not installed",
                "Installed are " + tokenizers.names() + "."));
  }

  /** All readers, in no particular order. */
  public Collection<CheckpointReader> readers() {
    return readers.all();
  }

  /** All writers, in no particular order. */
  public Collection<CheckpointWriter> writers() {
    return writers.all();
  }

  /** What may keep this process alive when mapped files lose pages. */
  public Collection<MappedMemoryWatcher> watchers() {
    return watchers.all();
  }

  /** All file formats of importance matrices, in the order of their names. */
  public Collection<ImportanceMatrixFormat> importanceFormats() {
    return importanceFormats.all();
  }

  /**
   * The file format of importance matrices of this name.
   *
   * @throws MissingExtensionException listing those installed
   */
  public ImportanceMatrixFormat importanceFormat(String name) {
    return importanceFormats
        .find(name)
        .orElseThrow(() ->
            new MissingExtensionException(
                ErrorLocation.subject(name),
                "no file format of importance matrices of this name is installed",
                importanceRemedy()));
  }

  /** What to say when no format takes an importance matrix. */
  public String importanceRemedy() {
    return "Installed are %s; the formats of llama.cpp come with io.quant4j:quant-gguf."
        .formatted(importanceFormats.names());
  }

  /** What to say when no reader or writer takes a path. */
  public String containerRemedy() {
    List<String> names = readers.names();
    return "Installed containers: " + names + ". " + CONTAINER_REMEDY;
  }
}
