package io.quant4j.core.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.UnsupportedModelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitPatternTest {

  private static boolean matches(String expression, String text) {
    return SplitPattern.compile(expression).matcher(text).matches();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" ", "\t", "\u0085", "\u00A0", "\u1680", "\u2003", "\u2028", "\u202F", "\u3000"})
  void compile_whiteSpace_isThatOfUnicode(String space) {
    assertThat(matches("\\s", space)).isTrue();
    assertThat(matches("\\S", space)).isFalse();
    assertThat(matches("[^\\s\\p{L}]", space)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u200B", "\uFEFF", "\u180E", "\u001C"})
  void compile_nearlyWhiteSpace_isNone(String character) {
    assertThat(matches("\\s", character)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "\\p{Han}, 漢, a",
    "\\p{Hiragana}, あ, ア",
    "\\P{Han}, a, 漢",
    "\\p{^L}, 1, a",
    "[\\p{Lu}&&[^\\p{Latin}]], Я, Z",
    "\\p{L}, ª, 1",
    "\\p{N}, ½, a",
    "\\d, ٣, ½",
    "(?i:s), ſ, t",
    "[^(\\s|[.!])], a, .",
    "a++b, aab, aa"
  })
  void compile_dialect_meansTheSame(String expression, String yes, String no) {
    assertThat(matches(expression, yes)).as(yes).isTrue();
    assertThat(matches(expression, no)).as(no).isFalse();
  }

  @Test
  void compile_lineEnds_areThoseOfRuby() {
    assertThat(SplitPattern.compile("\\s+$").matcher("a  \nb").find()).isTrue();
    assertThat(matches(".", "\r")).isTrue();
    assertThat(matches(".", "\n")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[[:alpha:]]+",
        "[[:^punct:]]",
        "\\h+",
        "(?m:.)",
        "(",
        "[a",
        "\\p{Nothing}",
        "(?P<n>a)"
      })
  void compile_whatCannotBeUsed_isRefusedWithTheExpression(String expression) {
    assertThatThrownBy(() -> SplitPattern.compile(expression))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("'" + expression + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\\\h", "[:;]", "[!-/:-@]", "(?i:m)"})
  void compile_whatOnlyLooksDifferent_isAccepted(String expression) {
    assertThat(SplitPattern.compile(expression)).isNotNull();
  }
}
