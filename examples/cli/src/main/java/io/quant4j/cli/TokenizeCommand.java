package io.quant4j.cli;

import io.quant4j.api.Model;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quant4j tokenize}. */
@Command(name = "tokenize", description = "Shows the tokens of a text: id and vocabulary entry.")
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class TokenizeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions modelOptions;

  @ArgGroup(multiplicity = "1")
  private Source source;

  @Option(
      names = "--no-special",
      description = "Adds none of the tokens that the model expects around a text.")
  private boolean noSpecial;

  @Option(
      names = "--no-parse-special",
      description = "Takes control tokens written out in the text as plain text.")
  private boolean noParseSpecial;

  @Option(names = "--json", description = "Prints the tokens as JSON.")
  private boolean json;

  /** The text, one of the two. */
  private static final class Source {
    @Option(names = "--text", required = true, paramLabel = "TEXT", description = "The text.")
    private Optional<String> text = Optional.empty();

    @Option(
        names = "--file",
        required = true,
        paramLabel = "FILE",
        description = "UTF-8 file; - reads standard input.")
    private Optional<Path> file = Optional.empty();

    String read() {
      return text.or(() -> file.map(TextFiles::read)).orElseThrow();
    }
  }

  @Override
  public Integer call() {
    String text = source.read();
    PrintWriter out = spec.commandLine().getOut();
    try (Model model = modelOptions.load()) {
      int[] tokens = model.tokenizer().encode(text, !noSpecial, !noParseSpecial);
      List<String> pieces = model.tokenizer().spec().vocabulary().pieces();
      if (json) {
        Json.print(
            out,
            Arrays.stream(tokens)
                .mapToObj(id -> Json.object().with("id", id).with("piece", pieces.get(id)))
                .toList());
      } else {
        Table table = new Table(">id", "piece");
        Arrays.stream(tokens)
            .forEach(id -> table.row(String.valueOf(id), Text.printable(pieces.get(id))));
        table.print(out);
      }
    }
    return ExitStatus.OK;
  }
}
