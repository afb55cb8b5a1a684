package io.quant4j.core.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the split expressions of tokenizers, which are written for Oniguruma (Ruby syntax,
 * Unicode), so that they mean the same in {@link Pattern}: {@code \s}, {@code \d}, {@code \w} and
 * {@code (?i:)} are those of Unicode, {@code ^} and {@code $} hold at every line, only {@code \n}
 * ends a line, {@code \p{Han}} is a script.
 */
final class SplitPattern {
  private static final int FLAGS =
      Pattern.UNICODE_CHARACTER_CLASS | Pattern.MULTILINE | Pattern.UNIX_LINES;

  private static final Pattern ESCAPED_BACKSLASH = Pattern.compile("\\\\\\\\");

  /**
   * A POSIX bracket, a hexadecimal digit, dot-matches-all: accepted by both, with different
   * meanings.
   */
  private static final Pattern DIFFERENT =
      Pattern.compile("\\[:\\^?[a-z]+:]|\\\\[hH]|\\(\\?[a-z]*m");

  private static final Pattern PROPERTY = Pattern.compile("\\\\([pP])\\{(\\^?)([A-Za-z_]+)}");

  private SplitPattern() {}

  /**
   * Compiles an expression.
   *
   * @throws UnsupportedModelException if it does not compile, or means something else here
   */
  static Pattern compile(String expression) {
    Matcher different = DIFFERENT.matcher(ESCAPED_BACKSLASH.matcher(expression).replaceAll("  "));
    if (different.find()) {
      throw unsupported(expression, "'" + different.group() + "' is not supported", null);
    }
    try {
      return Pattern.compile(
          PROPERTY.matcher(expression).replaceAll(SplitPattern::property), FLAGS);
    } catch (PatternSyntaxException e) {
      throw unsupported(expression, e.getDescription(), e);
    }
  }

  private static String property(MatchResult found) {
    boolean negative = found.group(1).equals("P") != !found.group(2).isEmpty();
    String name = found.group(3);
    return Matcher.quoteReplacement(
        (negative ? "\\P{" : "\\p{") + (isScript(name) ? "Is" + name : name) + "}");
  }

  private static boolean isScript(String name) {
    try {
      // Two letters are a general category first of all, even where they also abbreviate a script.
      return name.length() > 2 && Character.UnicodeScript.forName(name) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static UnsupportedModelException unsupported(
      String expression, String why, @Nullable PatternSyntaxException cause) {
    return new UnsupportedModelException(
        ErrorLocation.subject(expression),
        "the split expression of the tokenizer cannot be used: " + why,
        "Name the model's pre-tokenizer instead, if llama.cpp has a name for it.",
        cause);
  }
}
