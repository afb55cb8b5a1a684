package io.quant4j.core.checkpoint;

import io.quant4j.core.checkpoint.safetensors.SafetensorsBytes;
import io.quant4j.core.model.Llama;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A complete Hugging Face directory of a few hundred bytes, to be damaged by tests. */
public final class TinyCheckpoint {
  /** Byte-level BPE of five pieces and an end token. */
  public static final String TOKENIZER =
      """
      {"added_tokens": [{"id": 5, "content": "<end>", "special": true}],
       "normalizer": null,
       "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
       "post_processor": {"type": "ByteLevel"},
       "decoder": {"type": "ByteLevel"},
       "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4},
                 "merges": ["a b", "ab c"]}}
      """;

  private final Path directory;
  private final Map<String, String> config = new LinkedHashMap<>();

  /** Writes a checkpoint that opens. */
  public TinyCheckpoint(Path directory) {
    this.directory = directory;
    config.put("model_type", "\"llama\"");
    config.put("hidden_size", "4");
    config.put("intermediate_size", "6");
    config.put("num_hidden_layers", "1");
    config.put("num_attention_heads", "2");
    config.put("num_key_value_heads", "1");
    config.put("vocab_size", "8");
    config.put("max_position_embeddings", "16");
    config.put("rms_norm_eps", "1e-05");
    config.put("rope_theta", "10000.0");
    config.put("hidden_act", "\"silu\"");
    config.put("tie_word_embeddings", "true");
    writeConfig();
    write("model.safetensors", weights().bytes());
    write("tokenizer.json", TOKENIZER);
  }

  private static SafetensorsBytes weights() {
    String layer = "model.layers.0.";
    return new SafetensorsBytes()
        .zeros("model.embed_tokens.weight", "BF16", 2, 8, 4)
        .zeros("model.norm.weight", "F32", 4, 4)
        .zeros(layer + "input_layernorm.weight", "F32", 4, 4)
        .zeros(layer + "self_attn.q_proj.weight", "BF16", 2, 4, 4)
        .zeros(layer + "self_attn.k_proj.weight", "BF16", 2, 2, 4)
        .zeros(layer + "self_attn.v_proj.weight", "BF16", 2, 2, 4)
        .zeros(layer + "self_attn.o_proj.weight", "BF16", 2, 4, 4)
        .zeros(layer + "post_attention_layernorm.weight", "F32", 4, 4)
        .zeros(layer + "mlp.gate_proj.weight", "F16", 2, 6, 4)
        .zeros(layer + "mlp.up_proj.weight", "F16", 2, 6, 4)
        .zeros(layer + "mlp.down_proj.weight", "F16", 2, 4, 6);
  }

  /** Sets a key of config.json to a JSON value, or removes it if the value is empty. */
  public TinyCheckpoint config(String key, String json) {
    if (json.isEmpty()) {
      config.remove(key);
    } else {
      config.put(key, json);
    }
    writeConfig();
    return this;
  }

  private void writeConfig() {
    write(
        "config.json",
        config.entrySet().stream()
            .map(e -> "\"" + e.getKey() + "\": " + e.getValue())
            .collect(Collectors.joining(",\n", "{", "}")));
  }

  public TinyCheckpoint write(String file, String text) {
    return write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  public TinyCheckpoint write(String file, byte[] bytes) {
    try {
      Files.write(directory.resolve(file), bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public TinyCheckpoint delete(String file) {
    try {
      Files.delete(directory.resolve(file));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path directory() {
    return directory;
  }

  /** A reader that knows the Llama architecture whatever is installed. */
  public static HuggingFaceReader reader() {
    return new HuggingFaceReader((modelType, location) -> new Llama());
  }
}
