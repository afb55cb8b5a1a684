package io.quant4j.gguf;

import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointReader;
import io.quant4j.gguf.file.GgufModel;
import io.quant4j.gguf.mapping.ModelFacts;
import io.quant4j.gguf.mapping.TensorTypes;
import java.nio.file.Path;
import java.util.Locale;

/** Opens GGUF files of version 2 and 3, also split ones (by their first part). */
public final class GgufReader implements CheckpointReader {
  /** Name of the container. */
  static final String NAME = "gguf";

  /** End of the names of its files. */
  static final String EXTENSION = ".gguf";

  /** For the service loader. */
  public GgufReader() {}

  @Override
  public String name() {
    return NAME;
  }

  /**
   * By the first bytes, or by the extension: whoever named a file so is told what it is instead.
   */
  @Override
  public boolean recognizes(Path path, byte[] head) {
    boolean magic =
        head.length >= 4 && head[0] == 'G' && head[1] == 'G' && head[2] == 'U' && head[3] == 'F';
    return magic || (head.length > 0 && hasExtension(path));
  }

  static boolean hasExtension(Path path) {
    Path name = path.getFileName();
    return name != null && name.toString().toLowerCase(Locale.ROOT).endsWith(EXTENSION);
  }

  @Override
  public Checkpoint open(Path path) {
    GgufModel model = GgufModel.open(path, TensorTypes::byId);
    try {
      return new GgufCheckpoint(model, ModelFacts.read(model));
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }
}
