package io.quant4j.quickstart;

import io.quant4j.api.GenerationOptions;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.Model;
import io.quant4j.api.Quantizer;
import java.nio.file.Path;

/**
 * The example of the README; a test compares the two. Run it where {@code models/tiny-novels} lies.
 */
@SuppressWarnings("SystemOut") // the README shows what a reader would write
public final class Snippet {
  private Snippet() {}

  /** Writes {@code tiny-novels-Q4_K_M.gguf} and prints a few generated words. */
  public static void main(String[] args) {
    // @start region="readme"
    Path source = Path.of("models/tiny-novels"); // a Hugging Face directory or a GGUF file
    Path target = Path.of("tiny-novels-Q4_K_M.gguf");
    Quantizer.builder().source(source).target(target).fileType("Q4_K_M").build().run();

    try (Model model = Model.load(target);
        InferenceSession session = model.newSession()) {
      GenerationOptions options = GenerationOptions.defaults().withMaxTokens(64).withSeed(1);
      session.generate("The old man", options, token -> System.out.print(token.text()));
    }
    // @end
  }
}
