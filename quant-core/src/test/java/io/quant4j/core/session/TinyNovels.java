package io.quant4j.core.session;

import java.nio.file.Path;
import java.util.Objects;

/** Where the small model of the repository lies. */
public final class TinyNovels {
  private TinyNovels() {}

  /** The Hugging Face directory. */
  public static Path directory() {
    return root().resolve("examples/quickstart/models/tiny-novels");
  }

  private static Path root() {
    return Path.of(
        Objects.requireNonNull(
            System.getProperty("quant4j.root"), "run the tests through Maven: quant4j.root"));
  }
}
