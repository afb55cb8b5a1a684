package io.quant4j.core.model.layer;

import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;
import io.quant4j.core.model.layer.Workspace.Slot;
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
   * Attends from {@code batch} new tokens; their keys and values are put behind those of the cache.
   *
   * @param x (batch, dim)
   * @param angles (batch, ropeDimensions)
   * @param out (batch, dim)
   */
  public void apply(
      Operations operations,
      Workspace workspace,
      KvCache cache,
      int layer,
      Buffer x,
      Buffer angles,
      int batch,
      Buffer out) {
    Buffer queries = workspace.take(Slot.QUERIES, (long) batch * shape.queryDim());
    Buffer attended = workspace.take(Slot.ATTENDED, (long) batch * shape.queryDim());
    Buffer newKeys = cache.next(cache.keys(layer), batch);
    Buffer newValues = cache.next(cache.values(layer), batch);
    query.apply(operations, x, batch, queries);
    key.apply(operations, x, batch, newKeys);
    value.apply(operations, x, batch, newValues);
    queryNorm.ifPresent(n -> n.apply(operations, queries, batch * shape.heads(), queries));
    keyNorm.ifPresent(n -> n.apply(operations, newKeys, batch * shape.kvHeads(), newKeys));
    operations.rotate(queries, angles, rotaryLayout, shape.heads(), shape.headDim(), batch);
    operations.rotate(newKeys, angles, rotaryLayout, shape.kvHeads(), shape.headDim(), batch);
    operations.attention(
        shape, queries, cache.keys(layer), cache.values(layer), cache.length(), batch, attended);
    output.apply(operations, attended, batch, out);
  }
}
