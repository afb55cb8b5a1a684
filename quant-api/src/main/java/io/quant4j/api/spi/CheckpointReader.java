package io.quant4j.api.spi;

import java.nio.file.Path;

/** Opens one kind of model container. */
public interface CheckpointReader {

  /** Short name, such as {@code gguf}. */
  String name();

  /**
   * Whether the path looks like this container.
   *
   * @param path a file or directory that exists
   * @param head the first bytes of the file, at most 16; empty for a directory
   */
  boolean recognizes(Path path, byte[] head);

  /**
   * Opens and validates; nothing of a tensor's data is read.
   *
   * @throws io.quant4j.api.error.MalformedModelException if the bytes break the container's rules
   * @throws io.quant4j.api.error.UnsupportedModelException if the model is beyond what is installed
   * @throws io.quant4j.api.error.ModelIoException if the system refuses to read
   */
  Checkpoint open(Path path);
}
