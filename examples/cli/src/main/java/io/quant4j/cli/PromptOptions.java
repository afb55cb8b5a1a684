package io.quant4j.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the prompt comes from; one of the two, as an argument group. */
final class PromptOptions {
  @Option(
      names = "--prompt",
      required = true,
      paramLabel = "TEXT",
      description = "Text to continue.")
  private Optional<String> text = Optional.empty();

  @Option(
      names = "--prompt-file",
      required = true,
      paramLabel = "FILE",
      description = "UTF-8 file to continue; - reads standard input.")
  private Optional<Path> file = Optional.empty();

  /** The prompt; reads the file. */
  String read() {
    return text.or(() -> file.map(TextFiles::read)).orElseThrow();
  }
}
