package io.quant4j.cli;

import io.quant4j.api.InferenceSession;
import io.quant4j.api.Model;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code quant4j logits}. */
@Command(
    name = "logits",
    description = "Shows the most likely next tokens of a text with their logits.")
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class LogitsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions modelOptions;

  @ArgGroup(multiplicity = "1")
  private PromptOptions prompt;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many tokens; ${DEFAULT-VALUE} if not given.")
  private int top;

  @Option(names = "--json", description = "Prints the tokens as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (top < 1) {
      throw new ParameterException(spec.commandLine(), "--top must be at least 1, not " + top);
    }
    String text = prompt.read();
    PrintWriter out = spec.commandLine().getOut();
    try (Model model = modelOptions.load();
        InferenceSession session = model.newSession()) {
      float[] logits = session.evaluate(model.tokenizer().encode(text, true, true));
      List<Candidate> best = best(logits, top, model.tokenizer().spec().vocabulary().pieces());
      if (json) {
        Json.print(out, best.stream().map(Candidate::json).toList());
      } else {
        Table table = new Table(">id", "piece", ">logit", ">probability");
        best.forEach(candidate -> table.row(candidate.cells()));
        table.print(out);
      }
    }
    return ExitStatus.OK;
  }

  /** The highest logits, highest first; equal ones by id. */
  static List<Candidate> best(float[] logits, int count, List<String> pieces) {
    double max = IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).max().orElseThrow();
    double sum =
        IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i] - max)).sum();
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(id -> -logits[id]))
        .limit(count)
        .map(id ->
            new Candidate(id, piece(pieces, id), logits[id], Math.exp(logits[id] - max) / sum))
        .toList();
  }

  /** Models may have more logits than vocabulary entries, for alignment. */
  private static String piece(List<String> pieces, int id) {
    return id < pieces.size() ? pieces.get(id) : "";
  }

  /**
   * A possible next token.
   *
   * @param piece vocabulary entry
   * @param probability softmax over all tokens
   */
  record Candidate(int id, String piece, float logit, double probability) {
    String[] cells() {
      return new String[] {
        String.valueOf(id),
        Text.printable(piece),
        Text.format("%.4f", logit),
        Text.format("%.4f", probability)
      };
    }

    Json.Members json() {
      return Json.object()
          .with("id", id)
          .with("piece", piece)
          .with("logit", logit)
          .with("probability", probability);
    }
  }
}
