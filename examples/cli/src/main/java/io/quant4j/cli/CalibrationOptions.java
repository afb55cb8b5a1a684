package io.quant4j.cli;

import io.quant4j.api.ImportanceOptions;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a text is run through a model to collect an importance matrix. */
final class CalibrationOptions {
  @Option(names = "--chunks", paramLabel = "N", description = "Most windows; all if not given.")
  private Optional<Integer> chunks = Optional.empty();

  @Option(
      names = "--from-chunk",
      paramLabel = "N",
      description = "Windows of the text to leave out at its beginning.")
  private int fromChunk;

  @Option(
      names = "--process-output",
      description = "Collects for the output matrix, too, if the model has one of its own.")
  private boolean processOutput;

  @Option(
      names = "--parse-special",
      description = "Recognizes special tokens spelled out in the text.")
  private boolean parseSpecial;

  @Option(
      names = "--no-perplexity",
      description = "Does not measure perplexity on the way, which saves some time.")
  private boolean noPerplexity;

  @Option(
      names = "--save-every",
      paramLabel = "N",
      description = "Writes the output after every N windows, to continue from if interrupted.")
  private Optional<Integer> saveEvery = Optional.empty();

  int fromChunk() {
    return fromChunk;
  }

  Optional<Integer> saveEvery() {
    return saveEvery;
  }

  ImportanceOptions options() {
    ImportanceOptions options =
        ImportanceOptions.defaults()
            .withFromChunk(fromChunk)
            .withProcessOutput(processOutput)
            .withParseSpecial(parseSpecial)
            .withPerplexity(!noPerplexity);
    return chunks.map(options::withChunks).orElse(options);
  }
}
