package io.quant4j.api.spi;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.tensor.TensorView;

/**
 * What a forward pass is written against. An operation may run at once or be queued: buffers hold
 * its result only once {@link #read} returns, and nothing else shows values to the host.
 *
 * <p>All buffers are row-major with one row per token ({@code batch} rows). Results do not depend
 * on the number of threads, nor a row's result on the rows beside it. Calls for one sequence come
 * from one thread at a time; sequences may run at once.
 */
public interface Operations extends AutoCloseable {

  /** New zeroed memory, freed when the operations are closed or nothing refers to it. */
  Buffer allocate(long elements);

  /**
   * Makes a matrix ready for {@link #matMul} and {@link #embed}.
   *
   * @param matrix (rows, cols); must stay valid as long as the weight is used
   * @throws io.quant4j.api.error.UnsupportedModelException if no kernel reads its format
   */
  Weight bind(TensorView matrix);

  /** Decodes a small tensor (a norm's gain, a bias) into a new buffer. */
  Buffer load(TensorView tensor);

  /** A new buffer holding these values. */
  Buffer load(float[] values);

  /**
   * {@code out[b] = table[tokens[from + b]]}.
   *
   * @param table (vocab, dim)
   * @param out (count, dim)
   */
  void embed(Weight table, int[] tokens, int from, int count, Buffer out);

  /**
   * {@code out[b] = x[b] / sqrt(mean(x[b]^2) + epsilon) * gain}.
   *
   * @param x (batch, dim)
   * @param gain (dim)
   * @param out (batch, dim); may be {@code x}
   */
  void rmsNorm(Buffer x, Buffer gain, float epsilon, int batch, Buffer out);

  /**
   * {@code out[b][r] = weight[r] . x[b]}.
   *
   * @param weight (rows, cols)
   * @param x (batch, cols)
   * @param out (batch, rows); not {@code x}
   */
  void matMul(Weight weight, Buffer x, int batch, Buffer out);

  /** {@code x[b] += bias} for every row. */
  void addBias(Buffer x, Buffer bias, int batch);

  /**
   * Cosine and sine of every rotary angle {@code position * frequency[i]} of consecutive positions.
   *
   * @param frequencies (ropeDimensions / 2) radians per token
   * @param firstPosition position of row 0
   * @param out (batch, ropeDimensions): cosine and sine alternate
   */
  void rotaryAngles(float[] frequencies, int firstPosition, int batch, Buffer out);

  /**
   * Rotates the leading elements of every head in place.
   *
   * @param x (batch, heads * headDim)
   * @param angles (batch, ropeDimensions) from {@link #rotaryAngles}
   */
  void rotate(Buffer x, Buffer angles, RotaryLayout layout, int heads, int headDim, int batch);

  /**
   * Causal softmax attention: row b attends to positions {@code 0 .. firstPosition + b}.
   *
   * @param query (batch, heads * headDim)
   * @param keys (context, kvHeads * headDim), filled to {@code firstPosition + batch}
   * @param values like {@code keys}
   * @param out (batch, heads * headDim); not {@code query}
   */
  void attention(
      AttentionShape shape,
      Buffer query,
      Buffer keys,
      Buffer values,
      int firstPosition,
      int batch,
      Buffer out);

  /** {@code gate = silu(gate) * up}, element by element, with silu(z) = z / (1 + exp(-z)). */
  void swiGlu(Buffer gate, Buffer up);

  /** {@code x += y}, element by element. */
  void add(Buffer x, Buffer y);

  /** Copies all of {@code source} to the beginning of {@code target}. */
  void copy(Buffer source, Buffer target);

  /** Waits for everything queued and copies {@code count} elements to the host. */
  void read(Buffer source, long from, float[] target, int targetOffset, int count);

  /** Frees everything allocated. Idempotent. */
  @Override
  void close();
}
