package io.quant4j.api;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * How text is generated. Immutable; start from {@link #defaults()} or {@link #greedy()}.
 *
 * @param maxTokens most tokens generated
 * @param temperature divisor of the logits; 0 takes the most likely token always
 * @param topK only the k most likely tokens are candidates; 0 for all
 * @param topP only the smallest set of most likely tokens whose probabilities sum to at least p; 1
 *     for all
 * @param minP only tokens at least p times as likely as the most likely one; 0 for all
 * @param repeatPenalty positive logits of recent tokens are divided by it, negative ones
 *     multiplied; 1 for none
 * @param repeatLastN how many recent tokens count as recent
 * @param seed of the random choice; empty for a new one each time
 * @param stopStrings text at which generation ends
 * @param parseSpecial whether control tokens written out in the prompt are recognized
 * @param showSpecial whether generated control tokens appear as text
 * @param ignoreEndOfText whether generation goes on after the model ended the text
 */
public record GenerationOptions(
    int maxTokens,
    float temperature,
    int topK,
    float topP,
    float minP,
    float repeatPenalty,
    int repeatLastN,
    OptionalLong seed,
    List<String> stopStrings,
    boolean parseSpecial,
    boolean showSpecial,
    boolean ignoreEndOfText) {

  public GenerationOptions {
    check("maxTokens", maxTokens, maxTokens >= 0, "at least 0");
    check(
        "temperature",
        temperature,
        temperature >= 0 && Float.isFinite(temperature),
        "finite and at least 0");
    check("topK", topK, topK >= 0, "at least 0");
    check("topP", topP, topP > 0 && topP <= 1, "above 0 and at most 1");
    check("minP", minP, minP >= 0 && minP <= 1, "between 0 and 1");
    check(
        "repeatPenalty",
        repeatPenalty,
        repeatPenalty > 0 && Float.isFinite(repeatPenalty),
        "finite and above 0");
    check("repeatLastN", repeatLastN, repeatLastN >= 0, "at least 0");
    stopStrings = List.copyOf(stopStrings);
    check("stopStrings", stopStrings, !stopStrings.contains(""), "free of empty strings");
  }

  private static void check(String option, Object value, boolean holds, String rule) {
    if (!holds) {
      throw Options.invalid(option, "must be " + rule + ", not " + value, "Correct the value.");
    }
  }

  /**
   * Upstream's defaults: temperature 0.8, top-k 40, top-p 0.95, min-p 0.05, no repeat penalty; 256
   * tokens.
   */
  public static GenerationOptions defaults() {
    return new GenerationOptions(
        256, 0.8f, 40, 0.95f, 0.05f, 1f, 64, OptionalLong.empty(), List.of(), true, false, false);
  }

  /** The most likely token always. */
  public static GenerationOptions greedy() {
    return defaults().withTemperature(0);
  }

  public GenerationOptions withMaxTokens(int value) {
    return changed(draft -> draft.maxTokens = value);
  }

  public GenerationOptions withTemperature(float value) {
    return changed(draft -> draft.temperature = value);
  }

  public GenerationOptions withTopK(int value) {
    return changed(draft -> draft.topK = value);
  }

  public GenerationOptions withTopP(float value) {
    return changed(draft -> draft.topP = value);
  }

  public GenerationOptions withMinP(float value) {
    return changed(draft -> draft.minP = value);
  }

  public GenerationOptions withRepeatPenalty(float value) {
    return changed(draft -> draft.repeatPenalty = value);
  }

  public GenerationOptions withRepeatLastN(int value) {
    return changed(draft -> draft.repeatLastN = value);
  }

  public GenerationOptions withSeed(long value) {
    return changed(draft -> draft.seed = OptionalLong.of(value));
  }

  public GenerationOptions withStopStrings(String... value) {
    return changed(draft -> draft.stopStrings = List.of(value));
  }

  public GenerationOptions withParseSpecial(boolean value) {
    return changed(draft -> draft.parseSpecial = value);
  }

  public GenerationOptions withShowSpecial(boolean value) {
    return changed(draft -> draft.showSpecial = value);
  }

  public GenerationOptions withIgnoreEndOfText(boolean value) {
    return changed(draft -> draft.ignoreEndOfText = value);
  }

  private GenerationOptions changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.finish();
  }

  /** The values while one of them changes. */
  private static final class Draft {
    private int maxTokens;
    private float temperature;
    private int topK;
    private float topP;
    private float minP;
    private float repeatPenalty;
    private int repeatLastN;
    private OptionalLong seed;
    private List<String> stopStrings;
    private boolean parseSpecial;
    private boolean showSpecial;
    private boolean ignoreEndOfText;

    Draft(GenerationOptions from) {
      maxTokens = from.maxTokens;
      temperature = from.temperature;
      topK = from.topK;
      topP = from.topP;
      minP = from.minP;
      repeatPenalty = from.repeatPenalty;
      repeatLastN = from.repeatLastN;
      seed = from.seed;
      stopStrings = from.stopStrings;
      parseSpecial = from.parseSpecial;
      showSpecial = from.showSpecial;
      ignoreEndOfText = from.ignoreEndOfText;
    }

    GenerationOptions finish() {
      return new GenerationOptions(
          maxTokens,
          temperature,
          topK,
          topP,
          minP,
          repeatPenalty,
          repeatLastN,
          seed,
          stopStrings,
          parseSpecial,
          showSpecial,
          ignoreEndOfText);
    }
  }
}
