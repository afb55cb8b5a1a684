package io.quant4j.api.spi;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.TensorView;
import java.util.List;
import java.util.Optional;

/**
 * What a forward pass is written against. An operation may run at once or be queued: buffers hold
 * its result only once {@link #read} returns, and nothing else shows values to the host.
 *
 * <p>All buffers are row-major with one row per token ({@code batch} rows). Results do not depend
 * on the number of threads, nor a row's result on the rows beside it; whether there are many of
 * them may choose how precise a product is, unless the operations are {@link #exact}. Calls for one
 * sequence come from one thread at a time; sequences may run at once.
 */
public interface Operations extends AutoCloseable {

  /**
   * The same operations without a choice by batch: a row's result is the same in any batch, and
   * every product keeps the precision of floats. Weights of one work with the other.
   */
  default Operations exact() {
    return this;
  }

  /** In which format caches keep keys and values if the user names none. */
  FormatId cacheFormat();

  /** Memory of a new sequence; closed by the caller, or with the operations. */
  SequenceMemory newMemory();

  /**
   * Runs the operations of one forward pass. Passes of one memory with equal {@link Pass#count} and
   * {@link Pass#logitRows} run the same operations on the same buffers, but for the tokens and for
   * positions, all of which follow from the pass: a device may record them once and then replay the
   * record instead of running {@code body}.
   *
   * @param memory of the sequence; buffers that {@code body} writes are from it
   */
  default void run(SequenceMemory memory, Pass pass, Runnable body) {
    body.run();
  }

  /**
   * Makes a matrix ready for {@link #matMul} and {@link #embed}.
   *
   * @param matrix (rows, cols); must stay valid as long as the weight is used
   * @throws io.quant4j.api.error.UnsupportedModelException if no kernel reads its format
   */
  Weight bind(TensorView matrix);

  /**
   * Makes a stack of matrices ready for {@link #matMulExperts}.
   *
   * @param matrices one (rows, cols) per expert, all of one shape and format; must stay valid as
   *     long as the weight is used
   * @return shape (experts, rows, cols)
   * @throws io.quant4j.api.error.UnsupportedModelException if no kernel reads their format, or they
   *     differ in it
   */
  Weight bindExperts(List<TensorView> matrices);

  /**
   * Decodes a small tensor (a norm's gain, a bias) into a new buffer, freed with the operations.
   */
  Buffer load(TensorView tensor);

  /** A new buffer holding these values, freed with the operations. */
  Buffer load(float[] values);

  /** Copies {@code count} elements from the host; the array may be changed afterwards. */
  void write(float[] source, int sourceOffset, int count, Buffer target, long at);

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

  /**
   * Products of several matrices with the same input: {@code outs[i] = } {@link #matMul} with
   * {@code weights[i]}, to the last bit.
   *
   * @param weights (rows of each, cols)
   * @param x (batch, cols)
   * @param outs (batch, rows) each; none of them {@code x}
   */
  default void matMulEach(List<Weight> weights, Buffer x, int batch, List<Buffer> outs) {
    for (int i = 0; i < weights.size(); i++) {
      matMul(weights.get(i), x, batch, outs.get(i));
    }
  }

  /**
   * Products of several matrices with the same normalized input: {@link #rmsNorm}, then {@link
   * #matMulEach}.
   *
   * @param x (batch, cols)
   * @param gain (cols)
   * @param outs (batch, rows) each; none of them {@code x}
   * @param normed (batch, cols), overwritten or not
   */
  default void normMatMulEach(
      Buffer x,
      Buffer gain,
      float epsilon,
      List<Weight> weights,
      int batch,
      List<Buffer> outs,
      Buffer normed) {
    rmsNorm(x, gain, epsilon, batch, normed);
    matMulEach(weights, normed, batch, outs);
  }

  /**
   * The inner rows of a gated feed-forward part: {@code out = activation(gate . x) * (up . x)}, to
   * the last bit what {@link #matMul} and {@link #swiGlu} or {@link #geGlu} give.
   *
   * @param gate (rows, cols)
   * @param up (rows, cols)
   * @param x (batch, cols)
   * @param out (batch, rows); not {@code x}
   * @param scratch (batch, rows), overwritten
   */
  default void matMulGated(
      Weight gate,
      Weight up,
      GateActivation activation,
      Buffer x,
      int batch,
      Buffer out,
      Buffer scratch) {
    matMulEach(List.of(gate, up), x, batch, List.of(out, scratch));
    switch (activation) {
      case SILU -> swiGlu(out, scratch);
      case GELU -> geGlu(out, scratch);
    }
  }

  /**
   * {@link #rmsNorm}, then {@link #matMulGated}.
   *
   * @param x (batch, cols)
   * @param gain (cols)
   * @param out (batch, rows); not {@code x}
   * @param normed (batch, cols), overwritten or not
   * @param scratch (batch, rows), overwritten or not
   */
  default void normMatMulGated(
      Buffer x,
      Buffer gain,
      float epsilon,
      Weight gate,
      Weight up,
      GateActivation activation,
      int batch,
      Buffer out,
      Buffer normed,
      Buffer scratch) {
    rmsNorm(x, gain, epsilon, batch, normed);
    matMulGated(gate, up, activation, normed, batch, out, scratch);
  }

  /**
   * {@code sum += } {@link #matMul}.
   *
   * @param weight (rows, cols)
   * @param x (batch, cols)
   * @param sum (batch, rows); not {@code x}
   * @param scratch (batch, rows), overwritten
   */
  default void matMulAdd(Weight weight, Buffer x, int batch, Buffer sum, Buffer scratch) {
    matMul(weight, x, batch, scratch);
    add(sum, scratch);
  }

  /**
   * Chooses the experts of every token: the largest of {@code softmax(logits[b])}, the first of
   * equal ones; their shares are the weights.
   *
   * @param logits (batch, experts)
   * @param used experts of each token
   * @param normalized whether the weights of a token are divided by their sum
   */
  ExpertChoice chooseExperts(Buffer logits, int used, boolean normalized, int batch);

  /**
   * Products with the matrices of the chosen experts: {@code out[b][k] = stack[choice[b][k]] . x},
   * where x is {@code x[b]}, or {@code x[b][k]} if there is a row for each of them. A row's result
   * is that of {@link #matMul} with that expert's matrix.
   *
   * @param stack (experts, rows, cols)
   * @param x (batch, cols) or (batch, used, cols); the length tells
   * @param out (batch, used, rows); not {@code x}
   */
  void matMulExperts(Weight stack, ExpertChoice choice, Buffer x, Buffer out);

  /**
   * What the experts of every token say, by their weights: {@code out[b] = sum of weight[b][k] *
   * x[b][k]}.
   *
   * @param x (batch, used, dim)
   * @param out (batch, dim); not {@code x}
   */
  void mixExperts(ExpertChoice choice, Buffer x, Buffer out);

  /** {@code x[b] += bias} for every row. */
  void addBias(Buffer x, Buffer bias, int batch);

  /**
   * Cosine and sine of every rotary angle {@code position * frequency[i]} of consecutive positions.
   *
   * @param frequencies (ropeDimensions / 2) radians per token
   * @param magnitude factor of every cosine and sine; 1 unless scaling of the context wants another
   * @param firstPosition position of row 0
   * @param out (batch, ropeDimensions): cosine and sine alternate
   */
  void rotaryAngles(float[] frequencies, float magnitude, int firstPosition, int batch, Buffer out);

  /**
   * Rotates the leading elements of every head in place.
   *
   * @param x (batch, heads * headDim)
   * @param angles (batch, ropeDimensions) from {@link #rotaryAngles}
   */
  void rotate(Buffer x, Buffer angles, RotaryLayout layout, int heads, int headDim, int batch);

  /**
   * Puts the keys and values of new tokens into a cache.
   *
   * @param keys (batch, kvHeads * headDim)
   * @param values like {@code keys}
   * @param firstPosition position of row 0; those before it are filled
   */
  void store(KeyValueCache cache, Buffer keys, Buffer values, int firstPosition, int batch);

  /**
   * Normalizes and rotates the heads of queries and keys, then does {@link #store}.
   *
   * @param queries (batch, heads * headDim), changed in place
   * @param keys (batch, kvHeads * headDim), overwritten or not
   * @param values like {@code keys}
   */
  default void rotateAndStore(
      HeadRotation rotation,
      AttentionShape shape,
      Buffer queries,
      Buffer keys,
      Buffer values,
      KeyValueCache cache,
      int firstPosition,
      int batch) {
    rotation
        .queryGain()
        .ifPresent(g -> rmsNorm(queries, g, rotation.epsilon(), batch * shape.heads(), queries));
    rotation
        .keyGain()
        .ifPresent(g -> rmsNorm(keys, g, rotation.epsilon(), batch * shape.kvHeads(), keys));
    rotate(queries, rotation.angles(), rotation.layout(), shape.heads(), shape.headDim(), batch);
    rotate(keys, rotation.angles(), rotation.layout(), shape.kvHeads(), shape.headDim(), batch);
    store(cache, keys, values, firstPosition, batch);
  }

  /**
   * Causal softmax attention: row b attends to positions {@code 0 .. firstPosition + b}, or to the
   * last {@code shape.window()} of them.
   *
   * @param query (batch, heads * headDim)
   * @param cache filled to {@code firstPosition + batch}
   * @param out (batch, heads * headDim); not {@code query}
   */
  void attention(
      AttentionShape shape,
      Buffer query,
      KeyValueCache cache,
      int firstPosition,
      int batch,
      Buffer out);

  /** {@code gate = silu(gate) * up}, element by element, with silu(z) = z / (1 + exp(-z)). */
  void swiGlu(Buffer gate, Buffer up);

  /**
   * {@code gate = gelu(gate) * up}, element by element, with the approximation of {@link
   * GeGluKernel}.
   */
  void geGlu(Buffer gate, Buffer up);

  /** {@code x *= factor}, element by element. */
  void scale(Buffer x, float factor);

  /** {@code x = cap * tanh(x / cap)}, element by element. */
  void softCap(Buffer x, float cap);

  /**
   * {@code x[b] += sigmoid(gate[b]) * y[b]}, with sigmoid(z) = 1 / (1 + exp(-z)).
   *
   * @param x (batch, dim)
   * @param gate (batch)
   * @param y (batch, dim)
   */
  void addGated(Buffer x, Buffer gate, Buffer y, int batch);

  /** {@code x += y}, element by element. */
  void add(Buffer x, Buffer y);

  /** Copies all of {@code source} to the beginning of {@code target}. */
  void copy(Buffer source, Buffer target);

  /** Waits for everything queued and copies {@code count} elements to the host. */
  void read(Buffer source, long from, float[] target, int targetOffset, int count);

  /**
   * Waits for everything queued and tells the largest elements without moving the others to the
   * host.
   *
   * @param row looked at as one row
   * @param count how many, at most the row's length
   * @return empty where that is not possible, or no faster than {@link #read} of all
   */
  default Optional<LargestElements> largest(Buffer row, int count) {
    return Optional.empty();
  }

  /** Frees everything allocated. Idempotent. */
  @Override
  void close();
}
