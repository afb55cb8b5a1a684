package io.quant4j.cli;

import io.quant4j.api.GenerationOptions;
import io.quant4j.api.model.GenerationDefaults;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * How the next token is chosen. What is not given is what the model recommends, else the library's
 * default.
 */
final class SamplingOptions {
  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Most tokens generated; 256 if not given.")
  private Optional<Integer> maxTokens = Optional.empty();

  @ArgGroup private Temperature temperature = new Temperature();

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Only the K most likely tokens are candidates; 0 for all.")
  private Optional<Integer> topK = Optional.empty();

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Only the most likely tokens that together have probability P; 1 for all.")
  private Optional<Float> topP = Optional.empty();

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Only tokens at least P times as likely as the most likely one; 0 for all.")
  private Optional<Float> minP = Optional.empty();

  @Option(
      names = "--repeat-penalty",
      paramLabel = "X",
      description = "Divides the logits of recent tokens; 1 for none.")
  private Optional<Float> repeatPenalty = Optional.empty();

  @Option(
      names = "--repeat-last-n",
      paramLabel = "N",
      description = "How many tokens are recent; 64 if not given.")
  private Optional<Integer> repeatLastN = Optional.empty();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Makes the random choice repeatable; the statistics show the one in use.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "Ends generation where this text appears. May be repeated.")
  private List<String> stops = List.of();

  @Option(names = "--ignore-eos", description = "Goes on after the model ended the text.")
  private boolean ignoreEndOfText;

  /** Temperature, or none. */
  private static final class Temperature {
    @Option(
        names = "--temperature",
        paramLabel = "T",
        description = "Divides the logits; 0 takes the most likely token always.")
    private Optional<Float> value = Optional.empty();

    @Option(names = "--greedy", description = "Takes the most likely token always.")
    private boolean greedy;

    Optional<Float> value() {
      return greedy ? Optional.of(0f) : value;
    }
  }

  /**
   * The options as the library takes them, with a seed in any case.
   *
   * @param recommended by the model's maker
   */
  GenerationOptions toGenerationOptions(GenerationDefaults recommended) {
    GenerationOptions o = with(recommended);
    o = maxTokens.map(o::withMaxTokens).orElse(o);
    o = temperature.value().map(o::withTemperature).orElse(o);
    o = topK.map(o::withTopK).orElse(o);
    o = topP.map(o::withTopP).orElse(o);
    o = minP.map(o::withMinP).orElse(o);
    o = repeatPenalty.map(o::withRepeatPenalty).orElse(o);
    o = repeatLastN.map(o::withRepeatLastN).orElse(o);
    return o.withSeed(
            seed.orElseGet(() -> (long) RandomGenerator.getDefault().nextInt(Integer.MAX_VALUE)))
        .withStopStrings(stops.toArray(String[]::new))
        .withIgnoreEndOfText(ignoreEndOfText);
  }

  private static GenerationOptions with(GenerationDefaults recommended) {
    GenerationOptions o =
        recommended.sample() ? GenerationOptions.defaults() : GenerationOptions.greedy();
    if (recommended.temperature().isPresent() && recommended.sample()) {
      o = o.withTemperature((float) recommended.temperature().getAsDouble());
    }
    if (recommended.topK().isPresent()) {
      o = o.withTopK(recommended.topK().getAsInt());
    }
    if (recommended.topP().isPresent()) {
      o = o.withTopP((float) recommended.topP().getAsDouble());
    }
    if (recommended.minP().isPresent()) {
      o = o.withMinP((float) recommended.minP().getAsDouble());
    }
    if (recommended.repeatPenalty().isPresent()) {
      o = o.withRepeatPenalty((float) recommended.repeatPenalty().getAsDouble());
    }
    return o;
  }
}
