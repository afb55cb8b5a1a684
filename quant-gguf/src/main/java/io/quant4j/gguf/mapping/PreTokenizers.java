package io.quant4j.gguf.mapping;

import java.util.Set;

/**
 * Names of {@code tokenizer.ggml.pre} for byte-level BPE and what goes with them (upstream: {@code
 * llama_vocab::impl::load} in llama-vocab.cpp, which refuses to load any other name).
 */
final class PreTokenizers {
  /** What a file without the key means. */
  static final String DEFAULT = "default";

  private static final Set<String> LLAMA_3 =
      Set.of(
          "llama3",
          "llama-v3",
          "llama-bpe",
          "falcon3",
          "falcon-h1",
          "pixtral",
          "midm-2.0",
          "lfm2",
          "jina-v5-nano");

  private static final Set<String> OTHERS =
      Set.of(
          DEFAULT,
          "minicpm5",
          "deepseek-llm",
          "deepseek-coder",
          "deepseek-v3",
          "youtu",
          "falcon",
          "mpt",
          "starcoder",
          "gpt-2",
          "phi-2",
          "jina-es",
          "jina-de",
          "gigachat",
          "jina-v2-es",
          "jina-v2-de",
          "a.x-4.0",
          "mellum",
          "modern-bert",
          "jais-2",
          "gemma4",
          "granite-embed-multi-311m",
          "sarvam-moe",
          "jina-v1-en",
          "jina-v2-code",
          "roberta-bpe",
          "whitespace",
          "refact",
          "command-r",
          "qwen2",
          "deepseek-r1-qwen",
          "kormo",
          "f2llmv2",
          "qwen35",
          "stablelm2",
          "olmo",
          "dbrx",
          "smaug-bpe",
          "poro-chat",
          "glm4",
          "chatglm-bpe",
          "viking",
          "jais",
          "tekken",
          "smollm",
          "codeshell",
          "bloom",
          "gpt3-finnish",
          "exaone",
          "exaone4",
          "exaone-moe",
          "chameleon",
          "minerva-7b",
          "megrez",
          "gpt-4o",
          "llama4",
          "kanana2",
          "talkie",
          "granite-embed-multi-97m",
          "tiny_aya",
          "cohere2moe",
          "superbpe",
          "trillion",
          "granite-docling",
          "bailingmoe",
          "bailingmoe2",
          "llada-moe",
          "seed-coder",
          "hunyuan",
          "hunyuan-dense",
          "joyai-llm",
          "kimi-k2",
          "grok-2",
          "afmoe",
          "laguna",
          "minimax-m2",
          "solar-open",
          "mellum2");

  private static final Set<String> ALSO_IGNORE_MERGES =
      Set.of("tekken", "minicpm5", "youtu", "granite-embed-multi-97m");

  private static final Set<String> ALSO_ADD_BOS = Set.of("tekken", "chameleon");

  private PreTokenizers() {}

  /** Whether other tools know how to split text for a name. */
  static boolean isKnown(String name) {
    return LLAMA_3.contains(name) || OTHERS.contains(name);
  }

  /** Whether a word that is itself an entry is taken whole. */
  static boolean ignoreMerges(String name) {
    return LLAMA_3.contains(name) || ALSO_IGNORE_MERGES.contains(name);
  }

  /** Whether a text begins with the begin token where a file says nothing. */
  static boolean addBos(String name) {
    return LLAMA_3.contains(name) || ALSO_ADD_BOS.contains(name);
  }
}
