package io.quant4j.core.model.layer;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.RotaryLayout;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.AttentionShape;
import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.WeightSource;

/**
 * Causal self-attention with grouped heads and rotary positions.
 *
 * @param query (heads * headDim, dim)
 * @param key (kvHeads * headDim, dim)
 * @param value (kvHeads * headDim, dim)
 * @param output (dim, heads * headDim)
 */
public record Attention(
    Linear query,
    Linear key,
    Linear value,
    Linear output,
    AttentionShape shape,
    RotaryLayout rotaryLayout) {

  /** The attention of one layer. */
  public static Attention of(
      ModelMetadata metadata, WeightSource weights, Operations operations, int layer) {
    float scale = (float) (1 / Math.sqrt(metadata.headDim()));
    return new Attention(
        Linear.of(weights, operations, Kind.ATTENTION_QUERY, layer),
        Linear.of(weights, operations, Kind.ATTENTION_KEY, layer),
        Linear.of(weights, operations, Kind.ATTENTION_VALUE, layer),
        Linear.of(weights, operations, Kind.ATTENTION_OUTPUT, layer),
        new AttentionShape(metadata.headCount(), metadata.kvHeadCount(), metadata.headDim(), scale),
        metadata.rotaryLayout());
  }

  /**
   * Attends from {@code batch} new tokens; their keys and values are put behind those of the cache.
   *
   * @param x (batch, dim)
   * @param angles (batch, ropeDimensions)
   * @param queries scratch (batch, heads * headDim)
   * @param attended scratch (batch, heads * headDim)
   * @param out (batch, dim)
   */
  public void apply(
      Operations operations,
      KvCache cache,
      int layer,
      Buffer x,
      Buffer angles,
      int batch,
      Buffer queries,
      Buffer attended,
      Buffer out) {
    Buffer newKeys = cache.next(cache.keys(layer), batch);
    Buffer newValues = cache.next(cache.values(layer), batch);
    query.apply(operations, x, batch, queries);
    key.apply(operations, x, batch, newKeys);
    value.apply(operations, x, batch, newValues);
    operations.rotate(queries, angles, rotaryLayout, shape.heads(), shape.headDim(), batch);
    operations.rotate(newKeys, angles, rotaryLayout, shape.kvHeads(), shape.headDim(), batch);
    operations.attention(
        shape, queries, cache.keys(layer), cache.values(layer), cache.length(), batch, attended);
    output.apply(operations, attended, batch, out);
  }
}
