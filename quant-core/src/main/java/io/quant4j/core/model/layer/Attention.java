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
   * Attends from the new tokens, whose keys and values are put behind those of the cache.
   *
   * @param angles (batch, ropeDimensions)
   * @return (batch, heads * headDim), to go through {@link #output}
   */
  Buffer attend(Step step, KeyValueCache cache, NormedInput input, Buffer angles) {
    Operations operations = step.operations();
    int batch = step.batch();
    Buffer queries = step.workspace().take(Slot.QUERIES, (long) batch * shape.queryDim());
    Buffer keys = step.workspace().take(Slot.KEYS, (long) batch * shape.kvDim());
    Buffer values = step.workspace().take(Slot.VALUES, (long) batch * shape.kvDim());
    Buffer attended = step.workspace().take(Slot.ATTENDED, (long) batch * shape.queryDim());
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
    operations.attention(shape, queries, cache, step.position(), batch, attended);
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
