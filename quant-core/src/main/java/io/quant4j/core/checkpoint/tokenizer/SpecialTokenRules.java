package io.quant4j.core.checkpoint.tokenizer;

import io.quant4j.api.model.SpecialTokens;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * Decides which ids begin and end texts. What {@code tokenizer_config.json} states in so many words
 * comes first, as in Hugging Face's tokenizer classes and in llama.cpp's converter; then the
 * template of {@code tokenizer.json}; then the ids of the model's configuration; then what a
 * SentencePiece model or the tokenizer's class does by itself.
 */
final class SpecialTokenRules {
  private final VocabularyBuilder entries;
  private final TokenizerConfig config;
  private final Optional<TextFrame> frame;
  private final TokenizerHints hints;
  private final Fallback fallback;

  /**
   * What holds where nothing is stated.
   *
   * @param addsBos whether the begin token is added
   */
  record Fallback(
      OptionalInt bos,
      OptionalInt eos,
      OptionalInt unknown,
      OptionalInt padding,
      boolean addsBos) {}

  /**
   * @param entries the whole vocabulary
   * @param frame of {@code tokenizer.json}, if it has one
   */
  SpecialTokenRules(
      VocabularyBuilder entries,
      TokenizerConfig config,
      Optional<TextFrame> frame,
      TokenizerHints hints,
      Fallback fallback) {
    this.entries = entries;
    this.config = config;
    this.frame = frame;
    this.hints = hints;
    this.fallback = fallback;
  }

  /** Ids with a fixed job. An end token that the template overrules still ends generation. */
  SpecialTokens tokens() {
    OptionalInt eos = eos();
    Set<Integer> ends = new LinkedHashSet<>(hints.endOfGeneration());
    named("eos_token").ifPresent(ends::add);
    ends.removeIf(id -> inside(OptionalInt.of(id)).isEmpty());
    eos.ifPresent(ends::remove);
    return new SpecialTokens(
        bos(),
        eos,
        first(named("unk_token"), fallback.unknown()),
        first(named("pad_token"), fallback.padding()),
        ends);
  }

  private OptionalInt bos() {
    OptionalInt templated = inside(framed(TextFrame::first));
    OptionalInt stated = first(named("bos_token"), inside(hints.bos()), fallback.bos());
    return config.addBos().isEmpty() ? first(templated, stated) : first(stated, templated);
  }

  private OptionalInt eos() {
    OptionalInt templated = inside(framed(TextFrame::last));
    OptionalInt configured =
        hints.endOfGeneration().stream().mapToInt(Integer::intValue).findFirst();
    OptionalInt stated = first(named("eos_token"), inside(configured), fallback.eos());
    return config.addEos().isEmpty() ? first(templated, stated) : first(stated, templated);
  }

  /**
   * Whether encoding puts the begin token first.
   *
   * @throws io.quant4j.api.error.MalformedModelException if it should but there is none
   */
  boolean addBos() {
    boolean habit = config.classAddsBos() || fallback.addsBos();
    boolean add =
        config.addBos().orElse(frame.isPresent() ? framed(TextFrame::first).isPresent() : habit);
    if (add && bos().isEmpty()) {
      throw config.missing("bos_token");
    }
    return add;
  }

  /**
   * Whether encoding puts the end token last.
   *
   * @throws io.quant4j.api.error.MalformedModelException if it should but there is none
   */
  boolean addEos() {
    boolean add = config.addEos().orElse(framed(TextFrame::last).isPresent());
    if (add && eos().isEmpty()) {
      throw config.missing("eos_token");
    }
    return add;
  }

  private OptionalInt framed(Function<TextFrame, OptionalInt> side) {
    return frame.map(side).orElse(OptionalInt.empty());
  }

  private OptionalInt named(String key) {
    return config.specialToken(key).map(entries::find).orElse(OptionalInt.empty());
  }

  private OptionalInt inside(OptionalInt id) {
    return id.isPresent() && id.getAsInt() >= 0 && id.getAsInt() < entries.count()
        ? id
        : OptionalInt.empty();
  }

  private static OptionalInt first(OptionalInt... choices) {
    return Arrays.stream(choices)
        .filter(OptionalInt::isPresent)
        .findFirst()
        .orElse(OptionalInt.empty());
  }
}
