package io.quant4j.api.spi;

import io.quant4j.api.ImportanceMatrix;
import java.nio.file.Path;

/** A file format of importance matrices. Found by name; stateless. */
public interface ImportanceMatrixFormat {

  /** Short name, such as {@code gguf} or {@code dat}. */
  String name();

  /**
   * Whether a file looks like this format.
   *
   * @param head the first bytes of the file, at most 16
   */
  boolean recognizes(Path path, byte[] head);

  /** Whether a target of this name is meant for this format; the file need not exist. */
  boolean writes(Path target);

  /**
   * Reads a whole file.
   *
   * @throws io.quant4j.api.error.MalformedModelException if the bytes break the format's rules
   * @throws io.quant4j.api.error.ModelIoException if the system refuses to read
   */
  ImportanceMatrix read(Path path);

  /**
   * Writes a file beside the target and moves it there in one step.
   *
   * @throws io.quant4j.api.error.InvalidRequestException if the format cannot express the matrix
   * @throws io.quant4j.api.error.ModelIoException if the system refuses to write
   */
  void write(ImportanceMatrix matrix, Path target);
}
