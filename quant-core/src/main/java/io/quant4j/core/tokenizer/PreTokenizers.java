package io.quant4j.core.tokenizer;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The splits of text into words by the name that llama.cpp gives them ({@code tokenizer.ggml.pre}).
 * A split is a list of regular expressions, applied one after another: each cuts what the one
 * before left into its matches and the gaps between them. Where llama.cpp only approximates the
 * expression of the model's own {@code tokenizer.json}, the original stands here.
 */
final class PreTokenizers {
  private static final String CONTRACTION =
      "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
  private static final String LETTERS = "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";
  private static final String SYMBOLS = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*";
  private static final String SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String TAIL = SYMBOLS + "|" + SPACES;

  private static final String GPT_2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)";
  private static final String LLAMA_3 = CONTRACTION + "|" + LETTERS + "|\\p{N}{1,3}|" + TAIL;
  private static final String QWEN_2 = CONTRACTION + "|" + LETTERS + "|\\p{N}|" + TAIL;

  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String SLASH_TAIL = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|" + SPACES;

  private static final String PUNCTUATED_LETTERS =
      "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
          + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|"
          + SPACES;
  private static final String HAN_KANA = "[\\u4E00-\\u9FA5\\u3040-\\u309F\\u30A0-\\u30FF]+";
  private static final String HAN_HANGUL = "[\\u4E00-\\u9FA5\\u0800-\\u4E00\\uAC00-\\uD7FF]+";
  private static final String BLOOM =
      " ?[^(\\s|.,!?\\u2026\\u3002\\uFF0C\\u3001\\u0964\\u06D4\\u060C)]+";

  /** Cased letters of Latin, Greek, Cyrillic, Armenian and others, as deepseek-llm lists them. */
  private static final String DEEPSEEK_LETTERS =
      "A-Za-z\\xB5\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u01BA\\u01BC-\\u01BF\\u01C4-\\u0293\\u0295-\\u02AF"
          + "\\u0370-\\u0373\\u0376\\u0377\\u037B-\\u037D\\u037F\\u0386\\u0388-\\u038A\\u038C"
          + "\\u038E-\\u03A1\\u03A3-\\u03F5\\u03F7-\\u0481\\u048A-\\u052F\\u0531-\\u0556"
          + "\\u10A0-\\u10C5\\u13A0-\\u13F5\\u13F8-\\u13FD\\u1C90-\\u1CBA\\u1CBD-\\u1CBF"
          + "\\u1D00-\\u1D2B\\u1D6B-\\u1D77\\u1D79-\\u1D9A\\u1E00-\\u1F15\\u1F18-\\u1F1D"
          + "\\u1F20-\\u1F45\\u1F48-\\u1F4D\\u1F50-\\u1F57\\u1F59\\u1F5B\\u1F5D\\u1F5F-\\u1F7D"
          + "\\u1F80-\\u1FB4\\u1FB6-\\u1FBC\\u1FBE\\u1FC2-\\u1FC4\\u1FC6-\\u1FCC\\u1FD0-\\u1FD3"
          + "\\u1FD6-\\u1FDB\\u1FE0-\\u1FEC\\u1FF2-\\u1FF4\\u1FF6-\\u1FFC\\u2102\\u2107"
          + "\\u210A-\\u2113\\u2115\\u2119-\\u211D\\u2124\\u2126\\u2128\\u212A-\\u212D"
          + "\\u212F-\\u2134\\u2139\\u213C-\\u213F\\u2145-\\u2149\\u214E\\u2183\\u2184"
          + "\\u2C00-\\u2C7B\\u2C7E-\\u2CE4\\u2CEB-\\u2CEE\\u2CF2\\u2CF3\\uA640-\\uA66D"
          + "\\uA680-\\uA69B\\uA722-\\uA76F\\uA771-\\uA787\\uA78B-\\uA78E\\uAB70-\\uABBF"
          + "\\uFB00-\\uFB06\\uFB13-\\uFB17\\uFF21-\\uFF3A\\uFF41-\\uFF5A\\x{10400}-\\x{1044F}"
          + "\\x{104B0}-\\x{104D3}\\x{104D8}-\\x{104FB}\\x{10C80}-\\x{10CB2}\\x{10CC0}-\\x{10CF2}"
          + "\\x{118A0}-\\x{118DF}\\x{1E900}-\\x{1E943}";

  /**
   * Digits in groups of three from the right, for runs that end at a word boundary. The model's own
   * expression, {@code \d{1,3}(?=(?:\d{3})*\b)}, looks ahead to the end of the run at every group;
   * this one only at the first.
   */
  private static final String DIGITS_FROM_RIGHT =
      "(?<!\\d)\\d{1,3}(?=(?:\\d{3})*+\\b)|\\G(?<=\\d)\\d{3}";

  private static final Map<String, List<String>> BY_NAME = table();

  private PreTokenizers() {}

  /** All names, sorted. */
  static Set<String> names() {
    return Collections.unmodifiableSet(BY_NAME.keySet());
  }

  /**
   * The expressions of a name.
   *
   * @throws UnsupportedModelException listing the known names
   */
  static List<String> patterns(String name) {
    List<String> patterns = BY_NAME.get(name);
    if (patterns == null) {
      throw new UnsupportedModelException(
          ErrorLocation.subject(name),
          "no pre-tokenizer of this name is known",
          "Known are " + String.join(", ", names()) + ".");
    }
    return patterns;
  }

  private static Map<String, List<String>> table() {
    Map<String, List<String>> table = new TreeMap<>();
    gpt2Family(table);
    llama3Family(table);
    deepseekFamily(table);
    casedFamily(table);
    others(table);
    return table;
  }

  private static void put(Map<String, List<String>> table, List<String> names, String... patterns) {
    for (String name : names) {
      table.put(name, List.of(patterns));
    }
  }

  private static void gpt2Family(Map<String, List<String>> table) {
    put(
        table,
        List.of("gpt-2", "phi-2", "mpt", "olmo", "jais", "jina-es", "jina-de", "jina-v2-es"),
        GPT_2);
    put(
        table,
        List.of("jina-v2-de", "jina-v1-en", "jina-v2-code", "roberta-bpe", "gigachat", "a.x-4.0"),
        GPT_2);
    put(table, List.of("mellum", "modern-bert", "exaone4", "trillion", "granite-docling"), GPT_2);
    put(
        table,
        List.of("starcoder", "refact", "command-r", "smollm", "codeshell", "exaone"),
        "\\p{N}",
        GPT_2);
    put(table, List.of("minerva-7b", "mellum2"), "\\p{N}", GPT_2);
    put(table, List.of("falcon"), "[\\p{P}\\$\\+<=>\\^~\\|`]+", GPT_2, "[0-9][0-9][0-9]");
    put(
        table,
        List.of("default"),
        "[\\p{P}\\$\\+<=>\\^~\\|]+",
        GPT_2,
        "\\p{N}+",
        "[0-9][0-9][0-9]");
    put(
        table,
        List.of("chameleon"),
        "<sentinel:[0-9]+>",
        "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z",
        "([\\t\\n]|    |  )",
        "\\p{N}",
        "[\\p{P}!-/:-@\\[-`{-~]",
        GPT_2);
  }

  private static void llama3Family(Map<String, List<String>> table) {
    put(
        table,
        List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0"),
        LLAMA_3);
    put(
        table,
        List.of("lfm2", "jina-v5-nano", "dbrx", "smaug-bpe", "chatglm-bpe", "glm4"),
        LLAMA_3);
    put(
        table,
        List.of("qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez", "stablelm2"),
        QWEN_2);
    put(table, List.of("hunyuan", "solar-open", "grok-2"), QWEN_2);
    put(table, List.of("laguna"), "[^\\n]+|[\\n]+", QWEN_2);
    put(
        table,
        List.of("qwen35"),
        CONTRACTION
            + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|"
            + SPACES);
    put(
        table,
        List.of("minicpm5"),
        "\\p{N}{1,3}",
        CONTRACTION + "|" + LETTERS + "|\\p{N}+|" + TAIL);
    // Upstream has no lookbehind: inside white space without a line end it would look for one again
    // and again.
    put(
        table,
        List.of("jais-2"),
        CONTRACTION
            + "|"
            + LETTERS
            + "|\\p{N}{1,3}|"
            + SYMBOLS
            + "|(?<![^\\S\\r\\n])\\s*[\\r\\n]+|\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)"
            + "|\\s{32}(?!\\S)|\\s{16}(?!\\S)|\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s{1}");
    put(
        table,
        List.of("seed-coder"),
        CONTRACTION
            + "|"
            + LETTERS
            + "|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
    put(
        table,
        List.of("bailingmoe", "bailingmoe2", "llada-moe"),
        "'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|"
            + LETTERS
            + "|\\p{N}|"
            + SYMBOLS
            + "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+");
    // The letters are upstream's (?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+ without nested repetition, which
    // would recurse.
    put(
        table,
        List.of("exaone-moe"),
        CONTRACTION
            + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}[\\p{L}\\p{M}]*+(?: \\p{L}[\\p{L}\\p{M}]*+)*+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+");
  }

  private static void deepseekFamily(Map<String, List<String>> table) {
    put(
        table,
        List.of("deepseek-llm"),
        "[\\r\\n]",
        "\\s?[" + DEEPSEEK_LETTERS + "]+",
        "\\s?[!-/:-~\\uFF01-\\uFF0F\\uFF1A-\\uFF5E\\u2018-\\u201F\\u3000-\\u3002]+",
        "\\s+$",
        HAN_HANGUL,
        "\\p{N}+");
    put(
        table,
        List.of("deepseek-coder"),
        "[\\r\\n]",
        "\\s?\\p{L}+",
        "\\s?\\p{P}+",
        HAN_HANGUL,
        "\\p{N}");
    put(
        table,
        List.of("deepseek-v3", "hunyuan-dense", "joyai-llm"),
        "\\p{N}{1,3}",
        HAN_KANA,
        PUNCTUATED_LETTERS);
  }

  /** Splits at a change from lower to upper case. */
  private static void casedFamily(Map<String, List<String>> table) {
    put(table, List.of("tekken"), cased("", "\\p{N}"));
    put(
        table,
        List.of("gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2", "granite-embed-multi-97m"),
        cased(CONTRACTION + "?", "\\p{N}{1,3}"));
    put(
        table,
        List.of("tiny_aya", "cohere2moe"),
        DIGITS_FROM_RIGHT,
        cased(CONTRACTION + "?", "\\p{N}{1,3}"));
    put(
        table,
        List.of("youtu"),
        "[\\uAC00-\\uD7A3\\u3131-\\u318E]+"
            + "|[\\uFF01\\u2026\\u201C\\u201D\\u2018\\u2019\\u2014\\uFF1A\\uFF1B\\uFF0C"
            + "\\u3001-\\u303F\\uFE30-\\uFE4F]+|[\\u3105-\\u312F]+|"
            + HAN_KANA,
        cased(CONTRACTION + "?", "\\p{N}"));
  }

  private static String cased(String suffix, String numbers) {
    String start = "[^\\r\\n\\p{L}\\p{N}]?";
    return String.join(
        "|",
        start + UPPER + "*" + LOWER + "+" + suffix,
        start + UPPER + "+" + LOWER + "*" + suffix,
        numbers,
        SLASH_TAIL);
  }

  private static void others(Map<String, List<String>> table) {
    put(table, List.of("poro-chat", "bloom", "gpt3-finnish"), BLOOM);
    put(table, List.of("viking"), BLOOM, "\\p{N}");
    put(table, List.of("superbpe"), "\\p{N}+", "(?=(\\d{3})+(?!\\d))");
  }
}
