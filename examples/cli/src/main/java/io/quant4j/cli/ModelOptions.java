package io.quant4j.cli;

import io.quant4j.api.Model;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The model that a command runs, and what it runs on. */
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class ModelOptions {
  @Parameters(paramLabel = "MODEL", description = "GGUF file or Hugging Face directory.")
  private Path path;

  @Mixin private LoadingOptions loading;

  Path path() {
    return path;
  }

  /** Loads the model. */
  Model load() {
    return loading.load(path);
  }
}
