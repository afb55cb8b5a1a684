package io.quant4j.cli;

import io.quant4j.api.GeneratedToken;
import io.quant4j.api.Generation;
import io.quant4j.api.GenerationOptions;
import io.quant4j.api.GenerationResult;
import io.quant4j.api.GenerationResult.FinishReason;
import io.quant4j.api.InferenceSession;
import io.quant4j.api.Model;
import io.quant4j.api.Usage;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quant4j generate}. */
@Command(name = "generate", description = "Continues a text; prints the generated text only.")
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class GenerateCommand implements Callable<Integer> {
  @ParentCommand private Quant4jCommand root;
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions modelOptions;

  @ArgGroup(multiplicity = "1")
  private PromptOptions prompt;

  @Mixin private SamplingOptions sampling;

  @Option(
      names = "--context",
      paramLabel = "N",
      description =
          "Tokens that prompt and answer may take together; the model's own if not given.")
  private Optional<Integer> context = Optional.empty();

  @Option(names = "--special", description = "Shows generated control tokens as text.")
  private boolean showSpecial;

  @Option(names = "--no-stream", description = "Prints the text when all of it is there.")
  private boolean noStream;

  @Option(names = "--json", description = "Prints text, token ids and statistics as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    String text = prompt.read();
    try (Model model = modelOptions.load();
        InferenceSession session =
            context.isPresent() ? model.newSession(context.get()) : model.newSession()) {
      GenerationOptions options =
          sampling.toGenerationOptions(model.generationDefaults()).withShowSpecial(showSpecial);
      GenerationResult result = generate(session.generate(text, options));
      if (json) {
        Json.print(spec.commandLine().getOut(), json(result, options, model));
      } else {
        printStatistics(result, options, model);
      }
      return result.finishReason() == FinishReason.CANCELLED
          ? ExitStatus.INTERRUPTED
          : ExitStatus.OK;
    }
  }

  private GenerationResult generate(Generation generation) {
    PrintWriter out = spec.commandLine().getOut();
    boolean stream = !noStream && !json;
    try (generation;
        Interruption.Stretch _ = root.interruption().during(generation::cancel)) {
      for (GeneratedToken token : generation) {
        if (stream) {
          out.print(token.text());
          stopIfUnread(out, generation);
        }
      }
      if (!stream && !json) {
        out.print(generation.text());
      }
      out.flush();
      return generation.result();
    }
  }

  /** checkError flushes too. A reader that went away ({@code | head}) wants no more tokens. */
  private static void stopIfUnread(PrintWriter out, Generation generation) {
    if (out.checkError()) {
      generation.cancel();
    }
  }

  private void printStatistics(GenerationResult result, GenerationOptions options, Model model) {
    PrintWriter err = spec.commandLine().getErr();
    Usage usage = result.usage();
    err.println();
    err.println(
        Text.format(
            "%d prompt tokens in %s (%.1f/s), %d generated in %s (%.1f/s), end: %s",
            usage.promptTokens(),
            Text.duration(usage.promptTime()),
            usage.promptTokensPerSecond(),
            usage.generatedTokens(),
            Text.duration(usage.generationTime()),
            usage.generatedTokensPerSecond(),
            name(result.finishReason()).replace('_', ' ')));
    err.println(
        Text.format(
            "backend %s, %d threads, temperature %s, top-k %d, top-p %s, min-p %s, seed %d",
            model.backend(),
            model.threads(),
            options.temperature(),
            options.topK(),
            options.topP(),
            options.minP(),
            options.seed().orElseThrow()));
    err.flush();
  }

  private static String name(FinishReason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  private static Json.Members json(
      GenerationResult result, GenerationOptions options, Model model) {
    Usage usage = result.usage();
    return Json.object()
        .with("text", result.text())
        .with("tokens", result.tokens())
        .with("finish_reason", name(result.finishReason()))
        .with("prompt_tokens", usage.promptTokens())
        .with("generated_tokens", usage.generatedTokens())
        .with("prompt_seconds", Text.seconds(usage.promptTime()))
        .with("generation_seconds", Text.seconds(usage.generationTime()))
        .with("prompt_tokens_per_second", usage.promptTokensPerSecond())
        .with("generated_tokens_per_second", usage.generatedTokensPerSecond())
        .with("backend", model.backend())
        .with("threads", model.threads())
        .with("seed", options.seed().orElseThrow());
  }
}
