package io.quant4j.core.quantize;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MalformedModelException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.Shape;
import io.quant4j.api.tensor.TensorInfo;
import io.quant4j.api.tensor.TensorView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A checkpoint whose experts are stored one by one, seen as one whose experts are stored as stacks.
 * Nothing is copied: the parts of a stack stay where they are.
 */
final class StackedCheckpoint implements Checkpoint {
  private final Checkpoint source;
  private final Map<StoredTensor, List<StoredTensor>> parts = new LinkedHashMap<>();
  private final List<StoredTensor> tensors = new ArrayList<>();

  private StackedCheckpoint(Checkpoint source) {
    this.source = source;
    Map<TensorRole, TreeMap<Integer, StoredTensor>> stacks = new LinkedHashMap<>();
    for (StoredTensor tensor : source.tensors()) {
      Optional<TensorRole> role = tensor.role().filter(StackedCheckpoint::isPart);
      if (role.isEmpty()) {
        tensors.add(tensor);
      } else {
        stacks
            .computeIfAbsent(role.get().whole(), key -> new TreeMap<>())
            .put(role.get().expert(), tensor);
      }
    }
    stacks.forEach(this::add);
  }

  private static boolean isPart(TensorRole role) {
    return role.expert() != TensorRole.NO_EXPERT;
  }

  /**
   * The checkpoint with its experts as stacks; itself if none is stored by itself.
   *
   * @throws MalformedModelException if an expert is missing or of another shape than the others
   * @throws UnsupportedModelException if the experts of a layer are stored in different formats
   */
  static Checkpoint of(Checkpoint source) {
    boolean separate =
        source.tensors().stream()
            .flatMap(t -> t.role().stream())
            .anyMatch(StackedCheckpoint::isPart);
    return separate ? new StackedCheckpoint(source) : source;
  }

  /** The tensors that a stack consists of, in order; empty for a tensor stored as it is. */
  static List<StoredTensor> parts(Checkpoint checkpoint, StoredTensor tensor) {
    return checkpoint instanceof StackedCheckpoint stacked
        ? stacked.parts.getOrDefault(tensor, List.of())
        : List.of();
  }

  private void add(TensorRole role, TreeMap<Integer, StoredTensor> byExpert) {
    List<StoredTensor> matrices = List.copyOf(byExpert.values());
    TensorInfo first = matrices.getFirst().info();
    int experts = metadata().expertCount();
    if (matrices.size() != experts || byExpert.lastKey() != experts - 1) {
      throw malformed(
          first, "%d of %d experts have this matrix".formatted(matrices.size(), experts));
    }
    for (StoredTensor matrix : matrices) {
      checkLike(first, matrix.info());
    }
    List<Long> sizes = new ArrayList<>(first.shape().sizes());
    sizes.addFirst((long) experts);
    TensorInfo info =
        new TensorInfo(first.name(), first.format(), new Shape(sizes), first.byteSize() * experts);
    StoredTensor stack = new StoredTensor(info, Optional.of(role));
    parts.put(stack, matrices);
    tensors.add(stack);
  }

  private void checkLike(TensorInfo first, TensorInfo other) {
    if (!other.shape().equals(first.shape())) {
      throw malformed(
          other, "the matrix has shape %s, the first %s".formatted(other.shape(), first.shape()));
    }
    if (!other.format().equals(first.format())) {
      throw new UnsupportedModelException(
          ErrorLocation.of(path(), other.name()),
          "the matrix is stored as %s, that of the first expert as %s"
              .formatted(other.format(), first.format()),
          "Save the model with one data type for all experts.");
    }
  }

  private MalformedModelException malformed(TensorInfo tensor, String reason) {
    return new MalformedModelException(
        ErrorLocation.of(path(), tensor.name()), reason, "Get the model again from its source.");
  }

  @Override
  public Path path() {
    return source.path();
  }

  @Override
  public String container() {
    return source.container();
  }

  @Override
  public ModelMetadata metadata() {
    return source.metadata();
  }

  @Override
  public Optional<TokenizerSpec> tokenizer() {
    return source.tokenizer();
  }

  @Override
  public GenerationDefaults generationDefaults() {
    return source.generationDefaults();
  }

  @Override
  public Optional<String> fileType() {
    return source.fileType();
  }

  @Override
  public List<Path> files() {
    return source.files();
  }

  /** Of a stack, the file of its first part. */
  @Override
  public int file(StoredTensor tensor) {
    List<StoredTensor> matrices = parts.getOrDefault(tensor, List.of());
    return source.file(matrices.isEmpty() ? tensor : matrices.getFirst());
  }

  @Override
  public List<StoredTensor> tensors() {
    return List.copyOf(tensors);
  }

  /** The elements of a tensor stored as it is, or of a part; a stack lies in several places. */
  @Override
  public TensorView view(StoredTensor tensor) {
    return source.view(tensor);
  }

  /** The source belongs to whoever opened it. */
  @Override
  public void close() {}
}
