package io.quant4j.core.checkpoint;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.core.discovery.Extensions;
import java.nio.file.Path;

/** Opens a model with whichever installed reader recognizes it. */
public final class Checkpoints {
  private Checkpoints() {}

  /**
   * Opens a model.
   *
   * @param path a file or directory
   * @return to be closed by the caller
   * @throws io.quant4j.api.error.InvalidRequestException if nothing is there
   * @throws UnsupportedModelException if no installed reader recognizes it, telling what it looks
   *     like
   */
  public static Checkpoint open(Path path) {
    FileHead.requireExisting(path);
    byte[] head = FileHead.read(path);
    for (CheckpointReader reader : Extensions.installed().readers()) {
      if (reader.recognizes(path, head)) {
        return reader.open(path);
      }
    }
    throw new UnsupportedModelException(
        ErrorLocation.of(path),
        "no installed container recognizes this; " + FileHead.describe(path, head),
        Extensions.installed().containerRemedy());
  }
}
