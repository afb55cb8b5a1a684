package io.quant4j.gguf;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.ContainerConventions;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.gguf.file.Alignment;
import io.quant4j.gguf.file.FileLayout;
import io.quant4j.gguf.file.GgufValue;
import io.quant4j.gguf.mapping.ModelFacts;
import io.quant4j.gguf.mapping.TensorNames;
import io.quant4j.gguf.mapping.TensorTypes;
import io.quant4j.gguf.mapping.WriteRules;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes GGUF files of version 3. Models that came from a GGUF file keep their other keys, in their
 * order.
 */
public final class GgufWriter implements CheckpointWriter {

  /** For the service loader. */
  public GgufWriter() {}

  @Override
  public String name() {
    return GgufReader.NAME;
  }

  @Override
  public boolean writes(Path target) {
    return GgufReader.hasExtension(target);
  }

  @Override
  public boolean canStore(FormatId format) {
    return TensorTypes.of(format).isPresent();
  }

  @Override
  public ContainerConventions conventions(String architecture) {
    return new ContainerConventions(WriteRules.rotaryLayout(architecture), true);
  }

  @Override
  public String tensorName(Optional<TensorRole> role, String sourceName) {
    return role.map(TensorNames::nameOf).orElse(sourceName);
  }

  @Override
  public CheckpointOutput create(Path target, CheckpointContents contents) {
    WriteRules.check(target, contents);
    Map<String, GgufValue> values =
        ModelFacts.of(contents).toValues(WriteRules.fileType(target, contents.fileType()));
    if (Alignment.of(values) > Alignment.MAX_WRITTEN) {
      throw new UnsupportedModelException(
          ErrorLocation.of(target, Alignment.KEY),
          "tensors would have to be padded to %d bytes".formatted(Alignment.of(values)),
          "At most %d are written; check where the model comes from."
              .formatted(Alignment.MAX_WRITTEN));
    }
    List<FileLayout.Entry> entries = new Directory(target, this).entries(contents.tensors());
    try {
      return GgufOutput.create(target, FileLayout.of(values, entries));
    } catch (ArithmeticException e) {
      throw new UnsupportedModelException(
          ErrorLocation.of(target),
          "the model is larger than a file can be",
          "Write fewer tensors.",
          e);
    }
  }
}
