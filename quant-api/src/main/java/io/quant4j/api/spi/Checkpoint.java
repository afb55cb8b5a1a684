package io.quant4j.api.spi;

import io.quant4j.api.model.GenerationDefaults;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TokenizerSpec;
import io.quant4j.api.tensor.TensorView;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An open model on disk, validated when it was opened, with its tensors mapped read-only.
 * Thread-safe.
 */
public interface Checkpoint extends AutoCloseable {

  /** What was opened. */
  Path path();

  /** Name of the reader that opened it. */
  String container();

  /** Hyper-parameters. */
  ModelMetadata metadata();

  /** The tokenizer, if the checkpoint holds one. */
  Optional<TokenizerSpec> tokenizer();

  /** Recommended sampling values. */
  GenerationDefaults generationDefaults();

  /** Name of the file type that the checkpoint states, such as {@code Q4_K_M}. */
  default Optional<String> fileType() {
    return Optional.empty();
  }

  /** The files of a split set in their order; what was opened if there is only one. */
  default List<Path> files() {
    return List.of(path());
  }

  /**
   * Which of the {@link #files()} holds a tensor, counted from 0.
   *
   * @param tensor one of {@link #tensors()}
   */
  default int file(StoredTensor tensor) {
    return 0;
  }

  /** All tensors in file order, those of formats that nothing can read included. */
  List<StoredTensor> tensors();

  /**
   * The stored elements of a tensor of {@link #tensors()}, in place.
   *
   * @return a view of mapped memory, valid until {@link #close()}
   * @throws io.quant4j.api.error.UnsupportedModelException if the stored data type has no format
   *     name here
   */
  TensorView view(StoredTensor tensor);

  /** Unmaps the files; views of them must no longer be used. Idempotent. */
  @Override
  void close();
}
