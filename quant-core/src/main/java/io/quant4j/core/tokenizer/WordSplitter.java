package io.quant4j.core.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.model.TokenizerSpec;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts text into words by a list of regular expressions, one after another: each cuts what the one
 * before left into its matches and the gaps between them, and sees nothing beyond its part.
 * Immutable.
 */
final class WordSplitter {
  /**
   * Characters that the expressions may look at for each character of text before the text counts
   * as hostile.
   */
  private static final long LOOKS_PER_CHARACTER = 200;

  private static final long LOOKS_AT_LEAST = 10_000_000;

  private final List<Pattern> patterns;

  private WordSplitter(List<Pattern> patterns) {
    this.patterns = patterns;
  }

  /**
   * The splitter of a spec: its own expressions, else those of the name; without either text is one
   * word.
   *
   * @throws UnsupportedModelException if the name is unknown or an expression cannot be used
   */
  static WordSplitter of(TokenizerSpec spec) {
    List<String> expressions =
        spec.splitPatterns().isEmpty()
            ? spec.preTokenizer().map(PreTokenizers::patterns).orElse(List.of())
            : spec.splitPatterns();
    return new WordSplitter(expressions.stream().map(SplitPattern::compile).toList());
  }

  /** Takes the words of a text in order. */
  @FunctionalInterface
  interface Words {
    void word(int from, int to);
  }

  /** Begins to split a text. */
  Run begin(String text, Words words) {
    return new Run(text, words);
  }

  /** The split of one text. Not thread-safe. */
  final class Run {
    private final Matcher[] matchers;
    private final Words words;

    private Run(String text, Words words) {
      this.words = words;
      CharSequence limited = new LimitedText(text);
      matchers = patterns.stream().map(p -> p.matcher(limited)).toArray(Matcher[]::new);
    }

    /**
     * Splits a part of the text.
     *
     * @throws InvalidRequestException if an expression needs too much time or stack for it
     */
    void split(int from, int to) {
      try {
        split(0, from, to);
      } catch (StackOverflowError e) {
        throw tooHard();
      }
    }

    private void split(int level, int from, int to) {
      if (level == matchers.length) {
        words.word(from, to);
        return;
      }
      Matcher matcher = matchers[level].region(from, to);
      int start = from;
      while (matcher.find()) {
        if (matcher.start() > start) {
          split(level + 1, start, matcher.start());
        }
        if (matcher.end() > matcher.start()) {
          split(level + 1, matcher.start(), matcher.end());
        }
        start = matcher.end();
      }
      if (start < to) {
        split(level + 1, start, to);
      }
    }
  }

  private static InvalidRequestException tooHard() {
    return new InvalidRequestException(
        ErrorLocation.none(),
        "the split expressions of the tokenizer need too much time or stack for this text",
        "Break up very long runs of one kind of character.");
  }

  /**
   * A text that refuses to be looked at for ever, so that an expression of a hostile model cannot
   * hang a thread.
   */
  private static final class LimitedText implements CharSequence {
    private final String text;
    private long looks;

    LimitedText(String text) {
      this.text = text;
      this.looks = LOOKS_AT_LEAST + LOOKS_PER_CHARACTER * text.length();
    }

    @Override
    public char charAt(int index) {
      if (--looks < 0) {
        throw tooHard();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
