package io.quant4j.bench.peer;

import com.github.tjake.jlama.model.DistributedContext;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.safetensors.TensorInfo;
import com.github.tjake.jlama.safetensors.WeightLoader;
import com.github.tjake.jlama.safetensors.prompt.PromptSupport;
import com.github.tjake.jlama.safetensors.tokenizer.Tokenizer;
import com.github.tjake.jlama.safetensors.tokenizer.TokenizerModel;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.BFloat16BufferTensor;
import com.github.tjake.jlama.tensor.FloatBufferTensor;
import com.github.tjake.jlama.tensor.Q4ByteBufferTensor;
import com.github.tjake.jlama.tensor.TensorShape;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.StoredTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The matrices of a GGUF file of type Q4_0 as Jlama stores them: the same codes in the same order,
 * the scales apart and as floats. Rows of queries and keys keep GGUF's order, which is another, but
 * not a slower one. Norms are ones; the embedding, of which one row is read per token, is zero.
 */
final class JlamaWeights implements WeightLoader {
  private static final int ELEMENTS = 32;
  private static final int CODES = 16;
  private static final int BLOCK = 2 + CODES;
  private static final Map<String, String> NAMES =
      Map.of(
          "self_attn.q_proj", "attn_q",
          "self_attn.k_proj", "attn_k",
          "self_attn.v_proj", "attn_v",
          "self_attn.o_proj", "attn_output",
          "mlp.gate_proj", "ffn_gate",
          "mlp.up_proj", "ffn_up",
          "mlp.down_proj", "ffn_down");

  private final Checkpoint file;

  JlamaWeights(Checkpoint file) {
    this.file = file;
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  @Override
  public Map<String, TensorInfo> tensorInfoMap() {
    return Map.of();
  }

  /** The output matrix is the embedding, in 4 bits, too. */
  @Override
  public boolean isWeightPresent(String name) {
    return name.equals("lm_head.weight");
  }

  @Override
  public AbstractTensor load(
      String name, DistributedContext context, boolean sparseRows, boolean sparseColumns) {
    int dim = file.metadata().embeddingLength();
    if (name.endsWith("norm.weight")) {
      FloatBuffer ones = direct(4L * dim).asFloatBuffer();
      for (int i = 0; i < dim; i++) {
        ones.put(i, 1);
      }
      return new FloatBufferTensor(ones, TensorShape.of(1, dim), false);
    }
    if (name.equals("model.embed_tokens.weight")) {
      int rows = file.metadata().vocabularySize();
      ShortBuffer zeros = direct(2L * rows * dim).asShortBuffer();
      return new BFloat16BufferTensor(name, zeros, TensorShape.of(rows, dim), true);
    }
    return matrix(name);
  }

  private AbstractTensor matrix(String name) {
    StoredTensor tensor = find(name);
    int rows = (int) tensor.info().shape().rows();
    int cols = (int) tensor.info().shape().cols();
    int blocks = Math.toIntExact((long) rows * cols / ELEMENTS);
    MemorySegment stored = file.view(tensor).data();
    ByteBuffer codes = direct((long) blocks * CODES);
    FloatBuffer scales = direct(4L * blocks).asFloatBuffer();
    MemorySegment target = MemorySegment.ofBuffer(codes);
    for (int b = 0; b < blocks; b++) {
      short half = stored.get(ValueLayout.JAVA_SHORT_UNALIGNED, (long) b * BLOCK);
      scales.put(b, Float.float16ToFloat(half));
      MemorySegment.copy(stored, (long) b * BLOCK + 2, target, (long) b * CODES, CODES);
    }
    FloatBufferTensor factors =
        new FloatBufferTensor(scales, TensorShape.of(rows, cols / ELEMENTS), true);
    return new Q4ByteBufferTensor(name, codes, factors, TensorShape.of(rows, cols), true);
  }

  private StoredTensor find(String name) {
    String gguf = "token_embd.weight";
    if (!name.equals("lm_head.weight")) {
      String[] parts = name.split("\\.", 4); // model, layers, number, the rest
      gguf = "blk." + parts[2] + "." + NAMES.get(parts[3].replace(".weight", "")) + ".weight";
    }
    for (StoredTensor tensor : file.tensors()) {
      if (tensor.info().name().equals(gguf)) {
        return tensor;
      }
    }
    throw new IllegalArgumentException("no tensor " + gguf + " for " + name);
  }

  private static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public DType getModelDType() {
    return DType.Q4;
  }

  @Override
  public void close() {}

  /** Nothing asks it. */
  static final class NoTokenizer implements Tokenizer {
    @Override
    public List<String> tokenize(String text) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long[] encode(String text) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String decode(long id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String decode(long[] ids) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<PromptSupport> promptSupport() {
      return Optional.empty();
    }

    @Override
    public TokenizerModel getModel() {
      throw new UnsupportedOperationException();
    }
  }
}
