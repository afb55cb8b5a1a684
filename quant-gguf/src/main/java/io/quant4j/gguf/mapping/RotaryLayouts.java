package io.quant4j.gguf.mapping;

import io.quant4j.api.model.RotaryLayout;
import java.util.Optional;
import java.util.Set;

/**
 * Row order of query and key projections by architecture (upstream: {@code llama_model_rope_type}
 * in llama-model.cpp, where it is called norm and neox). Architectures without rotary embeddings,
 * with several sections of them, or with one kind or the other by hyper-parameter are not in the
 * table.
 */
public final class RotaryLayouts {
  private static final Set<String> INTERLEAVED =
      Set.of(
          "llama",
          "llada",
          "llama4",
          "deci",
          "baichuan",
          "starcoder",
          "internlm2",
          "minicpm",
          "xverse",
          "command-r",
          "cohere2",
          "cohere2moe",
          "olmo",
          "arctic",
          "deepseek",
          "deepseek2",
          "deepseek2-ocr",
          "deepseek32",
          "deepseek4",
          "muse-glimmer",
          "plm",
          "chatglm",
          "granite",
          "granitemoe",
          "granitehybrid",
          "graniteswitch",
          "chameleon",
          "bailingmoe",
          "bailingmoe3",
          "neo-bert",
          "smollm3",
          "arcee",
          "ernie4_5",
          "ernie4_5-moe",
          "mistral3",
          "eagle3",
          "mistral4",
          "llama-embed",
          "maincoder",
          "glm-dsa",
          "nanbeige",
          "pockettts");

  private static final Set<String> HALF_SPLIT =
      Set.of(
          "falcon",
          "falcon-h1",
          "grok",
          "dbrx",
          "bert",
          "jina-bert-v3",
          "modern-bert",
          "nomic-bert",
          "nomic-bert-moe",
          "eurobert",
          "stablelm",
          "bitnet",
          "qwen",
          "qwen2",
          "dream",
          "qwen2moe",
          "qwen3",
          "qwen3moe",
          "llada-moe",
          "rnd1",
          "olmo2",
          "olmoe",
          "phi2",
          "phi3",
          "phimoe",
          "plamo",
          "plamo2",
          "plamo3",
          "gemma",
          "gemma2",
          "gemma3",
          "gemma3n",
          "gemma4",
          "gemma4-assistant",
          "gemma-embedding",
          "starcoder2",
          "openelm",
          "gptneox",
          "codeshell",
          "orion",
          "nemotron",
          "exaone",
          "exaone4",
          "exaone-moe",
          "minicpm3",
          "bailingmoe2",
          "dots1",
          "hunyuan-moe",
          "jais2",
          "gpt-oss",
          "hunyuan-dense",
          "hy_v3",
          "lfm2",
          "lfm2moe",
          "smallthinker",
          "seed_oss",
          "grovemoe",
          "apertus",
          "minimax-01",
          "minimax-m2",
          "minimax-m3",
          "cogvlm",
          "pangu-embedded",
          "afmoe",
          "laguna",
          "qwen3next",
          "mimo2",
          "step35",
          "talkie",
          "mellum");

  private RotaryLayouts() {}

  /** The layout in GGUF files of an architecture, if it is known. */
  public static Optional<RotaryLayout> of(String architecture) {
    if (INTERLEAVED.contains(architecture)) {
      return Optional.of(RotaryLayout.INTERLEAVED);
    }
    return HALF_SPLIT.contains(architecture)
        ? Optional.of(RotaryLayout.HALF_SPLIT)
        : Optional.empty();
  }
}
