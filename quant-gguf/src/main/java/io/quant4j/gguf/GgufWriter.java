package io.quant4j.gguf;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.CheckpointContents;
import io.quant4j.api.spi.CheckpointOutput;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.api.spi.ContainerConventions;
import io.quant4j.api.spi.PlannedFile;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.gguf.mapping.FileTypes;
import io.quant4j.gguf.mapping.TensorNames;
import io.quant4j.gguf.mapping.TensorTypes;
import io.quant4j.gguf.mapping.WriteRules;
import java.nio.file.Path;
import java.util.List;
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
  public Optional<String> fileTypeName(int number) {
    return FileTypes.nameOf(number);
  }

  @Override
  public List<PlannedFile> files(Path target, CheckpointContents contents) {
    return new FileSet(target, contents, this)
        .layouts().stream()
            .map(layout -> new PlannedFile(layout.path(), layout.layout().byteSize()))
            .toList();
  }

  @Override
  public CheckpointOutput create(Path target, CheckpointContents contents) {
    return GgufOutput.create(target, new FileSet(target, contents, this).layouts());
  }
}
