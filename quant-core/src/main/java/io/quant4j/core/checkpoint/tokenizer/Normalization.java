package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.core.checkpoint.json.JsonObject;
import java.util.Optional;

/**
 * The {@code normalizer} of a {@code tokenizer.json}, as far as our tokenizers do what it asks for.
 * Unicode composition (NFC) is accepted and left out, as llama.cpp leaves it out: almost all text
 * is composed already.
 *
 * @param prependsSpace whether a space is put before the text
 * @param replacesSpaces whether spaces become U+2581
 */
record Normalization(boolean prependsSpace, boolean replacesSpaces) {
  private static final String SPACE = "\u2581";

  private static final Normalization NONE = new Normalization(false, false);

  /**
   * Reads the section.
   *
   * @throws io.quant4j.api.error.UnsupportedModelException if it changes the text in any other way
   */
  static Normalization of(TokenizerJson json) {
    return json.normalizer().map(step -> read(json, step)).orElse(NONE);
  }

  private static Normalization read(TokenizerJson json, JsonObject step) {
    String type = step.requireText("type");
    Optional<Normalization> known =
        switch (type) {
          case "Sequence" ->
              Optional.of(
                  step.objects("normalizers").stream()
                      .map(inner -> read(json, inner))
                      .reduce(NONE, Normalization::and));
          case "NFC" -> Optional.of(NONE);
          case "Prepend" ->
              Optional.of(new Normalization(true, false))
                  .filter(n -> step.requireText("prepend").equals(SPACE));
          case "Replace" ->
              Optional.of(new Normalization(false, true)).filter(n -> replacesSpaces(step));
          default -> Optional.empty();
        };
    return known.orElseThrow(
        () -> json.unsupported("normalizer", "the normalizer " + type + " as it is set up"));
  }

  private static boolean replacesSpaces(JsonObject step) {
    Optional<String> pattern = step.object("pattern").flatMap(p -> p.text("String"));
    return pattern.isPresent()
        && pattern.get().equals(" ")
        && step.requireText("content").equals(SPACE);
  }

  private Normalization and(Normalization other) {
    return new Normalization(
        prependsSpace || other.prependsSpace, replacesSpaces || other.replacesSpaces);
  }
}
