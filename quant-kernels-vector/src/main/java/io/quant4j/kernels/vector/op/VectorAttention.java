package io.quant4j.kernels.vector.op;

import io.quant4j.api.spi.AttentionKernel;
import io.quant4j.api.spi.AttentionShape;

/**
 * Attention that goes through keys and values once, a tile of positions at a time, for all query
 * heads that share them (online softmax): each head keeps the largest score so far, the sum of
 * exp(score - largest) and the sum of the values weighted so; when a tile brings a larger score,
 * both sums are scaled to it. Nothing of the size of the context is stored. Scores are bent to the
 * soft cap first if there is one.
 *
 * <p>The formula is that of Milakov and Gimelshein, "Online normalizer calculation for softmax"
 * (2018). The result of a unit depends on nothing but its own inputs.
 */
public final class VectorAttention implements AttentionKernel {
  /** Stateless. */
  public VectorAttention() {}

  @Override
  public void attend(
      AttentionShape shape,
      float[] query,
      int queryOffset,
      float[] keys,
      int keysOffset,
      float[] values,
      int valuesOffset,
      int firstPosition,
      int unitBegin,
      int unitEnd,
      float[] out,
      int outOffset) {
    int headDim = shape.headDim();
    int group = shape.groupSize();
    HeadState[] heads = new HeadState[group];
    for (int g = 0; g < group; g++) {
      heads[g] = new HeadState(headDim, shape.scale(), shape.softCap());
    }
    for (int unit = unitBegin; unit < unitEnd; unit++) {
      int row = unit / shape.kvHeads();
      int kvHead = unit % shape.kvHeads();
      int at = row * shape.queryDim() + kvHead * group * headDim;
      for (int g = 0; g < group; g++) {
        heads[g].begin(query, queryOffset + at + g * headDim, out, outOffset + at + g * headDim);
      }
      int length = firstPosition + row + 1;
      for (int t = 0; t < length; t += HeadState.TILE) {
        int count = Math.min(HeadState.TILE, length - t);
        int kv = t * shape.kvDim() + kvHead * headDim;
        for (HeadState head : heads) {
          head.take(keys, keysOffset + kv, values, valuesOffset + kv, shape.kvDim(), count);
        }
      }
      for (HeadState head : heads) {
        head.end();
      }
    }
  }
}
