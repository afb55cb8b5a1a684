package io.quant4j.cli;

import io.quant4j.api.CancellationToken;
import io.quant4j.api.PerplexityOptions;
import io.quant4j.api.ProgressListener;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The text that models predict, and how it is cut into windows. */
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
final class WindowOptions {
  @Option(
      names = "--file",
      required = true,
      paramLabel = "FILE",
      description = "UTF-8 text; - reads standard input.")
  private Path file;

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Tokens of a window; 512 if not given.")
  private Optional<Integer> context = Optional.empty();

  @Option(names = "--chunks", paramLabel = "N", description = "Most windows; all if not given.")
  private Optional<Integer> chunks = Optional.empty();

  /** The whole text. */
  String text() {
    return TextFiles.read(file);
  }

  PerplexityOptions options(ProgressListener listener, CancellationToken cancellation) {
    PerplexityOptions options =
        PerplexityOptions.defaults().withListener(listener).withCancellation(cancellation);
    options = context.map(options::withContext).orElse(options);
    return chunks.map(options::withChunks).orElse(options);
  }
}
