package io.quant4j.core.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quant4j.api.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PreTokenizersTest {
  private static final int LONG_RUN = 100_000;

  private static List<String> split(SpecBuilder spec, String text) {
    List<String> words = new ArrayList<>();
    WordSplitter.of(spec.build())
        .begin(text, (from, to) -> words.add(text.substring(from, to)))
        .split(0, text.length());
    return words;
  }

  private static List<String> byName(String name, String text) {
    return split(SpecBuilder.byteLevel().preTokenizer(name), text);
  }

  private static List<String> byPattern(String pattern, String text) {
    return split(SpecBuilder.byteLevel().patterns(pattern), text);
  }

  /**
   * In text and words, ~ is a space, n a line feed after a backslash; words are separated by bars.
   */
  @ParameterizedTest
  @CsvSource({
    "gpt-2, Hello~world's~~x\\n\\n~1234!?, Hello|~world|'s|~|~x|\\n\\n|~1234|!?",
    "starcoder, a~12, a|~|1|2",
    "llama-bpe, Hello~World'S~~x\\n\\n~y12345!!\\n, Hello|~World|'S|~|~x|\\n\\n|~y|123|45|!!\\n",
    "qwen2, (x)~123, (x|)|~|1|2|3",
    "qwen35, a\u0301b~\u0301c, a\u0301b|~\u0301c",
    "falcon, a$$~b12345, a|$$|~b|123|45",
    "default, a12345`, a|123|45|`",
    "chameleon, !?IMGIMGABZ\\nab12, !|?|IMGIMGABZ|\\n|ab|1|2",
    "deepseek-llm, hi\\n漢字かな~é1!, hi|\\n|漢字かな|~é|1|!",
    "deepseek-coder, hi~12!, hi|~|1|2|!",
    "deepseek-v3, _a1234漢x~$$, _a|123|4|漢|x|~$$",
    "tekken, HelloWORLDfoo~x12/\\n, Hello|WORLDfoo|~x|1|2|/\\n",
    "gpt-4o, HelloWorld's~1234, Hello|World's|~|123|4",
    "tiny_aya, x1234567~12345a, x|1|234|567|~|123|45|a",
    "youtu, 漢字한국、a12, 漢字|한국|、|a|1|2",
    "bloom, ab~c.d, ab|~c|.|d",
    "viking, ab1.2, ab|1|.|2",
    "superbpe, a1234567~b, a|1|234|567|~b",
    "laguna, a~\\n\\n~b, a|~|\\n\\n|~b",
    "minicpm5, a1234, a|123|4",
    "jais-2, a~~~~~~~b, a|~~~~|~~|~b",
    "seed-coder, a!\\n, a|!|\\n",
    "bailingmoe, it's\\n\\n, it|'s|\\n\\n",
    "exaone-moe, ab~cd~~e, ab~cd|~|~e"
  })
  void split_byName_givesItsWords(String name, String text, String words) {
    List<String> expected = Arrays.asList(unescape(words).split("\\|", -1));
    assertThat(byName(name, unescape(text))).isEqualTo(expected);
  }

  private static String unescape(String text) {
    return text.replace('~', ' ').replace("\\n", "\n");
  }

  @Test
  void split_anyName_losesNothing() {
    String text = "Ab'll cD12345  \n\t ½x漢字かな한국!?…。é\u0301 <sentinel:1> 😀\r\n";
    for (String name : PreTokenizers.names()) {
      assertThat(String.join("", byName(name, text))).as(name).isEqualTo(text);
    }
  }

  static Stream<String> names() {
    return PreTokenizers.names().stream()
        .collect(Collectors.toMap(PreTokenizers::patterns, name -> name, (first, second) -> first))
        .values()
        .stream()
        .sorted();
  }

  /** One name of each list of expressions. */
  @ParameterizedTest
  @MethodSource("names")
  @Timeout(60)
  void split_veryLongRuns_endsInTime(String name) {
    for (String unit :
        List.of("a", "A", "aB", "7", " ", "\n", " \n", "!", "é", "\u0301", "漢", "😀", "a ")) {
      String text = unit.repeat(LONG_RUN / unit.length());
      if (name.equals("superbpe") && unit.equals("7")) {
        assertThatThrownBy(() -> byName(name, text)).isInstanceOf(InvalidRequestException.class);
      } else {
        assertThat(String.join("", byName(name, text)).equals(text)).as(unit).isTrue();
      }
    }
  }

  @Test
  void split_patternThatNeedsTooMuchTimeOrStack_isRefused() {
    String run = "a".repeat(LONG_RUN);
    assertThatThrownBy(() -> byPattern("a*b", run)).isInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> byPattern("(?:a|aa)+", run))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void split_rewrittenExpressions_equalTheOriginals() {
    String digits = "\\d{1,3}(?=(?:\\d{3})*\\b)";
    String letters =
        "[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+"
            + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";
    String spaces = PreTokenizers.patterns("jais-2").getFirst().replace("(?<![^\\S\\r\\n])", "");
    for (int seed = 0; seed < 1000; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      String text = random(random, "1234567a_½ \u0301", 24);
      assertThat(byPattern(PreTokenizers.patterns("tiny_aya").getFirst(), text))
          .as("seed %d: '%s'", seed, text)
          .isEqualTo(byPattern(digits, text));
      String blanks = random(random, "a!   \t\n", 24);
      assertThat(byName("jais-2", blanks))
          .as("seed %d: '%s'", seed, blanks)
          .isEqualTo(byPattern(spaces, blanks));
      String words = random(random, "aé\u0301\u0301  1!\n", 24);
      assertThat(byName("exaone-moe", words))
          .as("seed %d: '%s'", seed, words)
          .isEqualTo(byPattern(letters, words));
    }
  }

  private static String random(RandomGenerator random, String alphabet, int length) {
    return random
        .ints(length, 0, alphabet.length())
        .mapToObj(i -> alphabet.substring(i, i + 1))
        .reduce("", String::concat);
  }
}
