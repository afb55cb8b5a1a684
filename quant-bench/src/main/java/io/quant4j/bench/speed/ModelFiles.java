package io.quant4j.bench.speed;

import io.quant4j.api.Quantizer;
import io.quant4j.bench.SyntheticModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;

/** Synthetic models of one shape in a directory, each made when it is first asked for. */
public final class ModelFiles {
  private static final String SOURCE = "F16";
  private static final long SEED = 1;

  private final SyntheticModel.Shape shape;
  private final Path directory;
  private final Consumer<String> progress;

  /**
   * @param directory exists; files that it has are taken as they are
   * @param progress told what takes time
   */
  public ModelFiles(SyntheticModel.Shape shape, Path directory, Consumer<String> progress) {
    this.shape = shape;
    this.directory = directory;
    this.progress = progress;
  }

  /**
   * The model in a file type, read once so that its pages are in memory.
   *
   * @param fileType as llama.cpp spells it
   * @throws io.quant4j.api.error.QuantException if it cannot be made without importance
   */
  public Path file(String fileType) throws IOException {
    Path source = path(SOURCE);
    if (!Files.exists(source)) {
      progress.accept("writing " + source.getFileName());
      SyntheticModel.write(shape, source, SEED);
    }
    Path target = path(fileType);
    if (!Files.exists(target)) {
      progress.accept("quantizing to " + target.getFileName());
      Quantizer.builder().source(source).target(target).fileType(fileType).build().run();
    }
    readOnce(target);
    return target;
  }

  private Path path(String fileType) {
    return directory.resolve(shape.name().toLowerCase(Locale.ROOT) + "-" + fileType + ".gguf");
  }

  private static void readOnce(Path file) throws IOException {
    byte[] buffer = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      while (in.read(buffer) >= 0) {
        // Only that the pages are read counts.
      }
    }
  }
}
