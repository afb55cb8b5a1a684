package io.quant4j.api.spi;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.FormatId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Writes one kind of model container. */
public interface CheckpointWriter {

  /** Short name, such as {@code gguf}. */
  String name();

  /**
   * Whether a target of this name is meant for this container; by its extension, the file need not
   * exist.
   */
  boolean writes(Path target);

  /** Whether the container has a type id for this format. */
  boolean canStore(FormatId format);

  /**
   * How this container stores models of an architecture.
   *
   * @throws io.quant4j.api.error.UnsupportedModelException if it is not known how
   */
  ContainerConventions conventions(String architecture);

  /**
   * Name under which this container stores a tensor.
   *
   * @param role what it does, if that is known
   * @param sourceName name in the source, taken over where there is no role
   */
  String tensorName(Optional<TensorRole> role, String sourceName);

  /**
   * The name of a file type that this container numbers, if it does and the number is known.
   *
   * @param number as the container's files state it
   */
  default Optional<String> fileTypeName(int number) {
    return Optional.empty();
  }

  /**
   * The files that {@link #create} would make, without making them.
   *
   * @throws io.quant4j.api.error.UnsupportedModelException as {@link #create}
   * @throws io.quant4j.api.error.InvalidRequestException as {@link #create}
   */
  List<PlannedFile> files(Path target, CheckpointContents contents);

  /**
   * Reserves space for a model beside its target and writes everything but tensor data.
   *
   * @param target need not exist; replaced at commit. Several files are named after it
   * @throws io.quant4j.api.error.UnsupportedModelException if the container cannot express the
   *     contents
   * @throws io.quant4j.api.error.InvalidRequestException if a metadata override makes the model
   *     unreadable
   * @throws io.quant4j.api.error.ModelIoException if the system refuses to write
   */
  CheckpointOutput create(Path target, CheckpointContents contents);
}
