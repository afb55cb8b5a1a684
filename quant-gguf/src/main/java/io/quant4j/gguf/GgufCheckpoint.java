package io.quant4j.gguf;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.TensorInfo;
import io.quant4j.api.tensor.TensorView;
import io.quant4j.gguf.file.GgufFile;
import io.quant4j.gguf.file.GgufModel;
import io.quant4j.gguf.file.GgufTensor;
import io.quant4j.gguf.file.MappedFile;
import io.quant4j.gguf.mapping.FileTypes;
import io.quant4j.gguf.mapping.ModelFacts;
import io.quant4j.gguf.mapping.TensorNames;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An open GGUF model. It keeps the mapped files and the neutral facts, but not the metadata they
 * were made from.
 */
final class GgufCheckpoint implements Checkpoint {
  private final Path path;
  private final List<MappedFile> files;
  private final ModelFacts facts;
  private final Optional<String> fileType;
  private final Map<StoredTensor, MemorySegment> data = new LinkedHashMap<>();
  private final Map<StoredTensor, Integer> fileOf = new HashMap<>();
  private final List<StoredTensor> tensors;

  /**
   * @param model closed with this checkpoint
   */
  GgufCheckpoint(GgufModel model, ModelFacts facts) {
    this.path = model.path();
    this.files = model.files().stream().map(GgufFile::mapping).toList();
    this.facts = facts;
    this.fileType = FileTypes.stated(model.values());
    for (int i = 0; i < files.size(); i++) {
      GgufFile file = model.files().get(i);
      for (GgufTensor tensor : file.tensors()) {
        StoredTensor stored = stored(tensor);
        data.put(stored, file.data(tensor));
        fileOf.put(stored, i);
      }
    }
    this.tensors = List.copyOf(data.keySet());
  }

  private static StoredTensor stored(GgufTensor tensor) {
    TensorInfo info =
        new TensorInfo(tensor.name(), tensor.type().format(), tensor.shape(), tensor.byteSize());
    return new StoredTensor(info, TensorNames.roleOf(tensor.name()));
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public String container() {
    return GgufReader.NAME;
  }

  @Override
  public ModelMetadata metadata() {
    return facts.metadata();
  }

  @Override
  public Optional<TokenizerSpec> tokenizer() {
    return facts.tokenizer();
  }

  @Override
  public GenerationDefaults generationDefaults() {
    return facts.generation();
  }

  @Override
  public Optional<String> fileType() {
    return fileType;
  }

  @Override
  public List<Path> files() {
    return files.stream().map(MappedFile::path).toList();
  }

  @Override
  public int file(StoredTensor tensor) {
    return fileOf.getOrDefault(tensor, 0);
  }

  @Override
  public List<StoredTensor> tensors() {
    return tensors;
  }

  @Override
  public TensorView view(StoredTensor tensor) {
    MemorySegment bytes = data.get(tensor);
    if (bytes == null) {
      throw new InvalidRequestException(
          ErrorLocation.of(path, tensor.info().name()),
          "the tensor is not one of this checkpoint",
          "Take it from tensors().");
    }
    if (!bytes.scope().isAlive()) {
      throw new InvalidRequestException(
          ErrorLocation.of(path, tensor.info().name()),
          "the checkpoint is closed",
          "Keep it open for as long as its tensors are read.");
    }
    return new TensorView(tensor.info().format(), tensor.info().shape(), bytes);
  }

  @Override
  public void close() {
    files.forEach(MappedFile::close);
  }
}
