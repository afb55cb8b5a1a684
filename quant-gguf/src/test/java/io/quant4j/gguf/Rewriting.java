package io.quant4j.gguf;

import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.PlannedTensor;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.gguf.file.GgufFile;
import io.quant4j.gguf.file.GgufValue;
import io.quant4j.gguf.mapping.TensorTypes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Copies a GGUF model through the neutral facts, as a quantizer does with tensors that it leaves
 * alone.
 */
final class Rewriting {
  private Rewriting() {}

  static void copy(Path source, Path target, Optional<String> fileType) {
    try (Checkpoint checkpoint = new GgufReader().open(source);
        CheckpointOutput output = new GgufWriter().create(target, contents(checkpoint, fileType))) {
      List<StoredTensor> tensors = checkpoint.tensors();
      for (int i = 0; i < tensors.size(); i++) {
        output.write(i, 0, checkpoint.view(tensors.get(i)).data());
      }
      output.commit();
    }
  }

  private static CheckpointContents contents(Checkpoint checkpoint, Optional<String> fileType) {
    return new CheckpointContents(
        checkpoint.metadata(),
        checkpoint.tokenizer(),
        checkpoint.generationDefaults(),
        fileType,
        checkpoint.tensors().stream().map(Rewriting::plan).toList());
  }

  private static PlannedTensor plan(StoredTensor tensor) {
    return new PlannedTensor(
        tensor.role(),
        tensor.info().name(),
        tensor.info().format(),
        tensor.info().shape(),
        tensor.info().byteSize());
  }

  /** Everything that the metadata of a file says, in its order. */
  static Map<String, GgufValue> values(Path file) {
    try (GgufFile open = GgufFile.open(file, TensorTypes::byId)) {
      return open.values();
    }
  }
}
