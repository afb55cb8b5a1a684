package io.quant4j.families;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Small models of every family with random weights, as Hugging Face stores them. Names and shapes
 * are written out here once more, from Hugging Face's modeling files and not from our tables.
 */
enum Family {
  LLAMA("", 2, 16),
  MISTRAL("\"sliding_window\": null, \"head_dim\": null, \"rope_theta\": 1000000.0", 2, 16),
  MIXTRAL(
      """
      "num_local_experts": 8, "num_experts_per_tok": 2, "sliding_window": null,
      "rope_theta": 1000000.0\
      """,
      2,
      16),
  QWEN2("\"rope_theta\": 1000000.0, \"use_sliding_window\": false, \"sliding_window\": 64", 2, 16),
  QWEN2_YARN(
      """
      "rope_theta": 1000000.0, "use_sliding_window": false,
      "rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 256}\
      """,
      2,
      16),
  QWEN2_MOE(
      """
      "num_experts": 6, "num_experts_per_tok": 3, "moe_intermediate_size": %1$d,
      "shared_expert_intermediate_size": %2$d, "norm_topk_prob": false, "decoder_sparse_step": 1,
      "mlp_only_layers": [], "use_sliding_window": false, "tie_word_embeddings": false\
      """,
      2, 16),
  QWEN3("\"head_dim\": 32, \"rope_theta\": 1000000.0, \"attention_bias\": false", 2, 32),
  QWEN3_MOE(
      """
      "num_experts": 6, "num_experts_per_tok": 3, "moe_intermediate_size": %1$d, "head_dim": 32,
      "norm_topk_prob": true, "decoder_sparse_step": 1, "mlp_only_layers": [],
      "rope_theta": 1000000.0, "tie_word_embeddings": false\
      """,
      2, 32),
  GEMMA("\"hidden_act\": \"gelu\", \"hidden_activation\": null, \"head_dim\": 32", 2, 32),
  GEMMA2(
      """
      "hidden_activation": "gelu_pytorch_tanh", "head_dim": 32, "query_pre_attn_scalar": 32,
      "sliding_window": 24, "attn_logit_softcapping": 3.0, "final_logit_softcapping": 5.0\
      """,
      3,
      32),
  GEMMA3_TEXT(
      """
      "hidden_activation": "gelu_pytorch_tanh", "head_dim": 32, "query_pre_attn_scalar": 32,
      "sliding_window": 24, "sliding_window_pattern": 6, "rope_theta": 1000000.0,
      "rope_local_base_freq": 10000.0, "rope_scaling": {"rope_type": "linear", "factor": 8.0}\
      """,
      7,
      32),
  PHI3("\"sliding_window\": null, \"original_max_position_embeddings\": 1024", 2, 16),
  PHI3_LONG(
      """
      "sliding_window": 131072, "original_max_position_embeddings": 256,
      "rope_scaling": {"type": "longrope",
          "long_factor": [1.0, 1.5, 2.0, 3.0, 4.5, 6.0, 7.0, 8.0],
          "short_factor": [1.0, 1.0, 1.05, 1.1, 1.2, 1.25, 1.3, 1.35]}\
      """,
      2,
      16);

  private static final int VOCABULARY = 4096;

  private final String config;
  private final int layers;
  private final int headDim;

  Family(String config, int layers, int headDim) {
    this.config = config;
    this.layers = layers;
    this.headDim = headDim;
  }

  private boolean is(String prefix) {
    return name().startsWith(prefix);
  }

  private String modelType() {
    return switch (this) {
      case QWEN2_YARN -> "qwen2";
      case PHI3_LONG -> "phi3";
      default -> name().toLowerCase(Locale.ROOT);
    };
  }

  /**
   * Writes a checkpoint.
   *
   * @param tokenizer directory whose tokenizer is taken; of 4096 entries
   * @param size 1 for what is quick to run, 4 for rows that blocks of 256 fit into
   */
  void write(Path directory, Path tokenizer, int size) throws IOException {
    for (String file : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      Files.copy(tokenizer.resolve(file), directory.resolve(file));
    }
    Safetensors tensors = new Safetensors(ordinal() + 1L);
    new Model(tensors, 64 * size, 96 * size, 64 * size, 128 * size, 4 * size, 2 * size)
        .write(directory);
    tensors.write(directory.resolve("model.safetensors"));
  }

  /** The model at one size. */
  private final class Model {
    private final Safetensors tensors;
    private final int dim;
    private final int inner;
    private final int expertInner;
    private final int sharedInner;
    private final int heads;
    private final int kvHeads;

    /**
     * Takes the sizes.
     *
     * @param expertInner width of an expert
     * @param sharedInner width of the expert that every token sees
     */
    Model(
        Safetensors tensors,
        int dim,
        int inner,
        int expertInner,
        int sharedInner,
        int heads,
        int kvHeads) {
      this.tensors = tensors;
      this.dim = dim;
      this.inner = inner;
      this.expertInner = expertInner;
      this.sharedInner = sharedInner;
      this.heads = heads;
      this.kvHeads = kvHeads;
    }

    void write(Path directory) throws IOException {
      String more = config.isEmpty() ? "" : ",\n" + config.formatted(expertInner, sharedInner);
      Files.writeString(
          directory.resolve("config.json"),
          """
          {"model_type": "%s", "_name_or_path": "small", "vocab_size": %d, "hidden_size": %d,
           "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d,
           "num_key_value_heads": %d, "max_position_embeddings": 1024, "rms_norm_eps": 1e-06%s}
          """
              .formatted(modelType(), VOCABULARY, dim, inner, layers, heads, kvHeads, more));
      tensors.matrix("model.embed_tokens.weight", 2, VOCABULARY, dim);
      norm("model.norm", dim);
      if (config.contains("\"tie_word_embeddings\": false") || is("PHI3")) {
        tensors.matrix("lm_head.weight", 2, VOCABULARY, dim);
      }
      for (int layer = 0; layer < layers; layer++) {
        String prefix = "model.layers." + layer + ".";
        attention(prefix + "self_attn.");
        norm(prefix + "input_layernorm", dim);
        norm(prefix + "post_attention_layernorm", dim);
        if (is("GEMMA2") || is("GEMMA3")) {
          norm(prefix + "pre_feedforward_layernorm", dim);
          norm(prefix + "post_feedforward_layernorm", dim);
        }
        feedForward(prefix);
      }
    }

    private void norm(String module, int width) {
      tensors.add(module + ".weight", is("GEMMA") ? 0 : 1, 0.3, width);
    }

    private void attention(String module) {
      int queries = heads * headDim;
      int keys = kvHeads * headDim;
      if (is("PHI3")) {
        tensors.matrix(module + "qkv_proj.weight", 1.5, queries + 2 * keys, dim);
      } else {
        tensors.matrix(module + "q_proj.weight", 1.5, queries, dim);
        tensors.matrix(module + "k_proj.weight", 1.5, keys, dim);
        tensors.matrix(module + "v_proj.weight", 1.5, keys, dim);
      }
      if (is("QWEN2")) {
        tensors.add(module + "q_proj.bias", 0, 0.5, queries);
        tensors.add(module + "k_proj.bias", 0, 0.5, keys);
        tensors.add(module + "v_proj.bias", 0, 0.5, keys);
      }
      if (is("QWEN3") || is("GEMMA3")) {
        norm(module + "q_norm", headDim);
        norm(module + "k_norm", headDim);
      }
      tensors.matrix(module + "o_proj.weight", 1.5, dim, queries);
    }

    private void feedForward(String prefix) {
      if (is("MIXTRAL")) {
        tensors.matrix(prefix + "block_sparse_moe.gate.weight", 1.5, 8, dim);
        for (int expert = 0; expert < 8; expert++) {
          String module = prefix + "block_sparse_moe.experts." + expert + ".";
          gated(module + "w1", module + "w3", module + "w2", inner);
        }
      } else if (Family.this == QWEN2_MOE || Family.this == QWEN3_MOE) {
        tensors.matrix(prefix + "mlp.gate.weight", 1.5, 6, dim);
        for (int expert = 0; expert < 6; expert++) {
          gated(prefix + "mlp.experts." + expert + ".", expertInner);
        }
        if (Family.this == QWEN2_MOE) {
          gated(prefix + "mlp.shared_expert.", sharedInner);
          tensors.matrix(prefix + "mlp.shared_expert_gate.weight", 1.5, 1, dim);
        }
      } else if (is("PHI3")) {
        tensors.matrix(prefix + "mlp.gate_up_proj.weight", 1.5, 2L * inner, dim);
        tensors.matrix(prefix + "mlp.down_proj.weight", 1.5, dim, inner);
      } else {
        gated(prefix + "mlp.", inner);
      }
    }

    private void gated(String module, int width) {
      gated(module + "gate_proj", module + "up_proj", module + "down_proj", width);
    }

    private void gated(String gate, String up, String down, int width) {
      tensors.matrix(gate + ".weight", 1.5, width, dim);
      tensors.matrix(up + ".weight", 1.5, width, dim);
      tensors.matrix(down + ".weight", 1.5, dim, width);
    }
  }
}
