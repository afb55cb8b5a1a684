package io.quant4j.core.session;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A checkpoint of llama2.c (version 0: seven integers, then F32 tensors) rewritten as a Hugging
 * Face directory, so that one published model can be read in several forms. Query and key rows go
 * from interleaved to half-split order.
 */
final class Llama2cModel {
  private final int dim;
  private final int hidden;
  private final int layers;
  private final int heads;
  private final int kvHeads;
  private final int vocabulary;
  private final int context;
  private final FloatBuffer floats;
  private final List<String> entries = new ArrayList<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  private Llama2cModel(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    dim = bytes.getInt();
    hidden = bytes.getInt();
    layers = bytes.getInt();
    heads = bytes.getInt();
    kvHeads = bytes.getInt();
    vocabulary = bytes.getInt();
    context = bytes.getInt();
    floats = bytes.asFloatBuffer();
  }

  /** Writes {@code config.json} and {@code model.safetensors} of {@code file} into a directory. */
  static void convert(Path file, Path directory) throws IOException {
    Llama2cModel model = new Llama2cModel(file);
    model.addTensors();
    model.write(directory);
  }

  private void addTensors() {
    int headDim = dim / heads;
    int kvDim = kvHeads * headDim;
    add("model.embed_tokens.weight", take(vocabulary * dim), vocabulary, dim);
    each("input_layernorm", dim, 1, 0);
    each("self_attn.q_proj", dim, dim, heads);
    each("self_attn.k_proj", kvDim, dim, kvHeads);
    each("self_attn.v_proj", kvDim, dim, 0);
    each("self_attn.o_proj", dim, dim, 0);
    each("post_attention_layernorm", dim, 1, 0);
    each("mlp.gate_proj", hidden, dim, 0);
    each("mlp.down_proj", dim, hidden, 0);
    each("mlp.up_proj", hidden, dim, 0);
    add("model.norm.weight", take(dim), dim);
  }

  private float[] take(int count) {
    float[] values = new float[count];
    floats.get(values);
    return values;
  }

  /** One tensor of every layer; a norm has one column; rotated rows belong to that many heads. */
  private void each(String module, int rows, int cols, int rotatedHeads) {
    for (int layer = 0; layer < layers; layer++) {
      float[] values = take(rows * cols);
      if (rotatedHeads > 0) {
        values = halfSplit(values, rows, cols, rows / rotatedHeads);
      }
      String name = "model.layers." + layer + "." + module + ".weight";
      if (cols == 1) {
        add(name, values, rows);
      } else {
        add(name, values, rows, cols);
      }
    }
  }

  private static float[] halfSplit(float[] values, int rows, int cols, int headDim) {
    float[] reordered = new float[values.length];
    for (int row = 0; row < rows; row++) {
      int head = row / headDim * headDim;
      int inHead = row % headDim;
      int half = headDim / 2;
      int source = head + (inHead < half ? 2 * inHead : 2 * (inHead - half) + 1);
      System.arraycopy(values, source * cols, reordered, row * cols, cols);
    }
    return reordered;
  }

  private void add(String name, float[] values, int... shape) {
    int begin = data.size();
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    data.writeBytes(bytes.array());
    entries.add(
        "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(name, Arrays.toString(shape), begin, begin + bytes.capacity()));
  }

  private void write(Path directory) throws IOException {
    byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + header.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header).put(data.toByteArray());
    Files.write(directory.resolve("model.safetensors"), file.array());
    Files.writeString(
        directory.resolve("config.json"),
        """
        {"model_type": "llama", "hidden_size": %d, "intermediate_size": %d, "num_hidden_layers": %d,
         "num_attention_heads": %d, "num_key_value_heads": %d, "vocab_size": %d,
         "max_position_embeddings": %d, "rms_norm_eps": 1e-05, "rope_theta": 10000.0,
         "hidden_act": "silu", "tie_word_embeddings": true, "bos_token_id": 1, "eos_token_id": 2}
        """
            .formatted(dim, hidden, layers, heads, kvHeads, vocabulary, context));
  }
}
