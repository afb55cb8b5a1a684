package io.quant4j.quickstart;

import io.quant4j.api.GenerationOptions;
import io.quant4j.api.GenerationResult;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.Model;
import io.quant4j.api.QuantizationReport;
import io.quant4j.api.Quantizer;
import io.quant4j.api.Usage;
import io.quant4j.api.error.QuantException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Quantizes a small model of our own in two ways, shows what that costs, and lets the smaller one
 * write a paragraph. All of it takes a few seconds.
 */
@SuppressWarnings("SystemOut") // a program that talks to its user
public final class Quickstart {
  private static final String PROMPT = "The old man looked at the";
  private static final long SEED = 7;

  private final PrintStream out;

  /**
   * @param out where the story is told
   */
  Quickstart(PrintStream out) {
    this.out = out;
  }

  /**
   * Runs the example.
   *
   * @param args the model to begin with (a Hugging Face directory or GGUF file) and an existing
   *     directory for the results
   */
  public static void main(String[] args) {
    Path source = Path.of(args.length > 0 ? args[0] : "models/tiny-novels");
    Path results = Path.of(args.length > 1 ? args[1] : "target");
    try {
      new Quickstart(System.out).run(source, results);
    } catch (QuantException e) {
      // The message says what is wrong, where, and what helps.
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /**
   * Quantizes and generates.
   *
   * @param source the model to begin with
   * @param results directory for the quantized files, which stay there
   */
  void run(Path source, Path results) {
    print("Quantizing %s%n%n", source);
    print("%-8s %12s %12s %12s %8s%n", "type", "bytes", "bits/weight", "rmse", "time");
    Path small = results.resolve("quickstart-Q4_K_M.gguf");
    quantize(source, results.resolve("quickstart-Q8_0.gguf"), "Q8_0");
    quantize(source, small, "Q4_K_M");
    generate(small);
  }

  private void quantize(Path source, Path target, String fileType) {
    QuantizationReport report =
        Quantizer.builder().source(source).target(target).fileType(fileType).build().run();
    print(
        "%-8s %,12d %12.3f %12.6f %6.2f s%n",
        report.fileType(),
        report.fileBytes(),
        report.bitsPerWeight(),
        report.rmse(),
        report.elapsed().toNanos() / 1e9);
  }

  private void generate(Path file) {
    GenerationOptions options = GenerationOptions.defaults().withMaxTokens(120).withSeed(SEED);
    try (Model model = Model.load(file);
        InferenceSession session = model.newSession()) {
      print("%nWhat the smaller one writes:%n%n%s", PROMPT);
      GenerationResult result =
          session.generate(
              PROMPT,
              options,
              token -> {
                out.print(token.text());
                out.flush();
              });
      Usage usage = result.usage();
      print(
          "%n%n%d prompt tokens at %.0f/s, %d generated at %.0f/s, backend %s, %d threads%n",
          usage.promptTokens(),
          usage.promptTokensPerSecond(),
          usage.generatedTokens(),
          usage.generatedTokensPerSecond(),
          model.backend(),
          model.threads());
    }
  }

  private void print(String format, Object... values) {
    out.printf(Locale.ROOT, format, values);
    out.flush();
  }
}
