package io.quant4j.contract;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Texts that tokenizers stumble over. */
final class TokenizerTexts {
  /**
   * Ends of ranges of code points, some of everything: ASCII, Latin, other scripts, marks, symbols,
   * planes 1 and 16.
   */
  private static final int[][] RANGES = {
    {0x20, 0x7E},
    {0x20, 0x20},
    {'a', 'z'},
    {'0', '9'},
    {0x00, 0x1F},
    {0xA0, 0x24F},
    {0x300, 0x36F},
    {0x400, 0x4FF},
    {0x5D0, 0x6FF},
    {0x900, 0xDFF},
    {0x1680, 0x1680},
    {0x2000, 0x206F},
    {0x3000, 0x30FF},
    {0x4E00, 0x9FFF},
    {0xAC00, 0xD7A3},
    {0xE000, 0xE010},
    {0xFE00, 0xFFFF},
    {0x1D400, 0x1D7FF},
    {0x1F300, 0x1FAFF},
    {0x10FFF0, 0x10FFFF}
  };

  private TokenizerTexts() {}

  /** Short texts of every kind, all well-formed. */
  static List<String> wellFormed() {
    return List.of(
        "Hello, world!",
        " Hello",
        "Hello ",
        "  two  spaces   three ",
        " ",
        "     ",
        "\t",
        "\n",
        "\r\n",
        "\r",
        " \r\n\t\n \r\n",
        "line\r\nline\nline\rline\u0085line\u2028line",
        "\tif (x == 1) {\n\t\treturn y->z;\n\t}\n",
        "I'm you're he'll WE'VE it's THEY'D don't",
        "3 33 333 3333 33333 333333 1,234.56 ½ ² Ⅷ",
        "naïve café Ångström",
        "cafe\u0301 a\u030A\u0323 \u0301",
        "нещо на Български",
        "კაცი და ՀԱՅ",
        "我想在apple工作1314151天～",
        "こんにちは、カタカナ",
        "한국어 텍스트",
        "हिन्दी में देवनागरी",
        "كيف حالك؟ עברית",
        "កាន់តែពិសេសអាចខលចេញ",
        "🚀 (normal) 😶\u200D🌫️ (joined) 👩\u200D👩\u200D👧 🇩🇪 ✅",
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐍈 \uDBFF\uDFFF",
        "a\u0000b\u0001c\u007F",
        "\uFEFFmarked \uFFFD \uFFFE \uE000",
        "no\u00A0break\u2003em\u3000wide\u200Bnone",
        "<s> </s> <0x41> <unk> <|endoftext|> [INST] Ġ Ċ",
        "“quotes” — dashes… ‹›");
  }

  /** Pairs of a text with lone surrogates and the same with U+FFFD for each. */
  static List<List<String>> loneSurrogates() {
    return List.of(
        List.of("\uD83D", "\uFFFD"),
        List.of("\uDE00", "\uFFFD"),
        List.of("a\uD83Db", "a\uFFFDb"),
        List.of("\uDE00\uD83D", "\uFFFD\uFFFD"),
        List.of("\uD83D\uD83D\uDE00", "\uFFFD\uD83D\uDE00"));
  }

  /**
   * Random text of several scripts.
   *
   * @param length in code points
   */
  static String random(long seed, int length) {
    RandomGenerator random = generator(seed);
    StringBuilder text = new StringBuilder();
    int[] range = RANGES[0];
    for (int i = 0; i < length; i++) {
      if (random.nextInt(4) == 0) {
        range = RANGES[random.nextInt(RANGES.length)];
      }
      text.appendCodePoint(random.nextInt(range[0], range[1] + 1));
    }
    return text.toString();
  }

  static RandomGenerator generator(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }
}
