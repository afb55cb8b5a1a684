package io.quant4j.gguf;

import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.contract.CheckpointContract;
import io.quant4j.contract.SampleModel.StoredFormat;
import io.quant4j.gguf.mapping.TensorTypes;
import java.util.List;

/** The contract of containers, with every format that GGUF has an id for. */
class GgufCheckpointContractTest extends CheckpointContract {
  @Override
  protected CheckpointReader reader() {
    return new GgufReader();
  }

  @Override
  protected CheckpointWriter writer() {
    return new GgufWriter();
  }

  @Override
  protected String targetName() {
    return "model.gguf";
  }

  @Override
  protected List<StoredFormat> formats() {
    return TensorTypes.all().stream()
        .map(type -> new StoredFormat(type.format(), type.blockElements(), type.blockBytes()))
        .toList();
  }
}
