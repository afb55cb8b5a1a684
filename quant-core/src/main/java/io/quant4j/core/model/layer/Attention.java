package io.quant4j.core.model.layer;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.HeadRotation;
import io.quant4j.api.spi.KeyValueCache;
import io.quant4j.api.spi.Operations;
import io.quant4j.core.model.layer.Workspace.Slot;
import java.util.List;
import java.util.Optional;

/**
 * Causal self-attention with grouped heads and rotary positions.
 *
 * @param query (heads * headDim, dim)
 * @param key (kvHeads * headDim, dim)
 * @param value (kvHeads * headDim, dim)
 * @param output (dim, heads * headDim)
 * @param queryNorm (headDim) norm of every query head before it is rotated
 * @param keyNorm (headDim) norm of every key head before it is rotated
 */
public record Attention(
    Linear query,
    Linear key,
    Linear value,
    Linear output,
    Optional<RmsNorm> queryNorm,
    Optional<RmsNorm> keyNorm,
    AttentionShape shape,
    RotaryLayout rotaryLayout) {

  /** The same with norms of queries and keys. */
  public Attention withNorms(RmsNorm ofQueries, RmsNorm ofKeys) {
    return new Attention(
        query,
        key,
        value,
        output,
        Optional.of(ofQueries),
        Optional.of(ofKeys),
        shape,
        rotaryLayout);
  }

  /**
   * Puts keys and values of the new tokens behind those of the cache, and leaves their queries for
   * {@link #attend}.
   *
   * @param angles (batch, ropeDimensions)
   */
  void store(Step step, KeyValueCache cache, NormedInput input, Buffer angles) {
    Operations operations = step.operations();
    int batch = step.batch();
    Buffer queries = queries(step, batch);
    Buffer keys = step.workspace().take(Slot.KEYS, (long) batch * shape.kvDim());
    Buffer values = step.workspace().take(Slot.VALUES, (long) batch * shape.kvDim());
    operations.normMatMulEach(
        input.x(),
        input.norm().gain(),
        input.norm().epsilon(),
        List.of(query.weight(), key.weight(), value.weight()),
        batch,
        List.of(queries, keys, values),
        input.scratch());
    query.addBias(step, queries);
    key.addBias(step, keys);
    value.addBias(step, values);
    operations.rotateAndStore(
        rotation(angles), shape, queries, keys, values, cache, step.position(), batch);
  }

  private Buffer queries(Step step, int tokens) {
    return step.workspace().take(Slot.QUERIES, (long) tokens * shape.queryDim());
  }

  /**
   * Attends from the tokens of a step, the last ones of those that were stored.
   *
   * @param stored how many
   * @return (batch, heads * headDim), to go through {@link #output}
   */
  Buffer attend(Step step, int stored, KeyValueCache cache) {
    int batch = step.batch();
    long elements = (long) batch * shape.queryDim();
    Buffer all = queries(step, stored);
    Buffer attended = step.workspace().take(Slot.ATTENDED, elements);
    step.operations()
        .attention(
            shape,
            all.slice(all.length() - elements, elements),
            cache,
            step.position(),
            batch,
            attended);
    return attended;
  }

  private HeadRotation rotation(Buffer angles) {
    return new HeadRotation(
        angles,
        rotaryLayout,
        queryNorm.map(RmsNorm::gain),
        keyNorm.map(RmsNorm::gain),
        queryNorm.or(() -> keyNorm).map(RmsNorm::epsilon).orElse(0f));
  }
}
