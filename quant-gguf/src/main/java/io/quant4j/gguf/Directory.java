package io.quant4j.gguf;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.tensor.Shape;
import io.quant4j.gguf.file.FileLayout;
import io.quant4j.gguf.file.GgufTensor;
import io.quant4j.gguf.file.TensorType;
import io.quant4j.gguf.mapping.TensorTypes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Turns planned tensors into entries of a directory, with the checks that a reader would make. */
final class Directory {
  private final Path target;
  private final GgufWriter writer;

  Directory(Path target, GgufWriter writer) {
    this.target = target;
    this.writer = writer;
  }

  /**
   * The entries in the given order.
   *
   * @throws UnsupportedModelException if a tensor cannot be stored
   * @throws InvalidRequestException if a plan contradicts itself
   */
  List<FileLayout.Entry> entries(List<PlannedTensor> tensors) {
    List<FileLayout.Entry> entries = new ArrayList<>(tensors.size());
    Set<String> names = HashSet.newHashSet(tensors.size());
    for (PlannedTensor tensor : tensors) {
      FileLayout.Entry entry = entry(tensor);
      if (!names.add(entry.name())) {
        throw refuse(entry.name(), "two tensors would have this name");
      }
      entries.add(entry);
    }
    return entries;
  }

  private FileLayout.Entry entry(PlannedTensor tensor) {
    String name = writer.tensorName(tensor.role(), tensor.sourceName());
    if (name.getBytes(StandardCharsets.UTF_8).length > GgufTensor.MAX_NAME_BYTES) {
      throw refuse(name, "the name has more than %d bytes".formatted(GgufTensor.MAX_NAME_BYTES));
    }
    Shape shape = tensor.shape();
    if (shape.rank() > GgufTensor.MAX_DIMENSIONS) {
      throw refuse(name, "%s has more than %d sizes".formatted(shape, GgufTensor.MAX_DIMENSIONS));
    }
    TensorType type =
        TensorTypes.of(tensor.format())
            .orElseThrow(
                () -> refuse(name, "GGUF has no type id for the format " + tensor.format()));
    if (shape.cols() % type.blockElements() != 0) {
      throw refuse(
          name,
          "rows of %d are not whole blocks of %d, as %s needs"
              .formatted(shape.cols(), type.blockElements(), type.format()));
    }
    if (tensor.byteSize() != type.byteSize(shape.elements())) {
      throw new InvalidRequestException(
          ErrorLocation.of(target, name),
          "%d bytes are planned for %s in %s, which takes %d"
              .formatted(tensor.byteSize(), shape, type.format(), type.byteSize(shape.elements())),
          "Plan the size that the format says.");
    }
    return new FileLayout.Entry(name, type, shape, tensor.byteSize());
  }

  private UnsupportedModelException refuse(String name, String reason) {
    return new UnsupportedModelException(
        ErrorLocation.of(target, name), reason, "Write the model in another container or format.");
  }
}
