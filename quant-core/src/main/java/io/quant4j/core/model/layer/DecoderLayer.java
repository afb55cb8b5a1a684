package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.Operations;
import io.quant4j.core.model.layer.Workspace.Slot;
import java.util.Optional;

/**
 * Attention and a feed-forward part, each on a normalized input and added to the residual stream.
 *
 * @param attentionPostNorm (dim) norm of what attention adds
 * @param feedForwardPostNorm (dim) norm of what the feed-forward part adds
 * @param rotary which of the decoder's rotary frequencies attention turns by
 */
public record DecoderLayer(
    RmsNorm attentionNorm,
    Attention attention,
    Optional<RmsNorm> attentionPostNorm,
    RmsNorm feedForwardNorm,
    FeedForward feedForward,
    Optional<RmsNorm> feedForwardPostNorm,
    int rotary) {

  /** A layer without further norms that turns by the first frequencies. */
  public DecoderLayer(
      RmsNorm attentionNorm,
      Attention attention,
      RmsNorm feedForwardNorm,
      FeedForward feedForward) {
    this(
        attentionNorm,
        attention,
        Optional.empty(),
        feedForwardNorm,
        feedForward,
        Optional.empty(),
        0);
  }

  /**
   * Lets {@code batch} new tokens through.
   *
   * @param layer number of this layer in the cache
   * @param x (batch, dim), changed in place
   * @param angles (batch, ropeDimensions) of the layer's frequencies
   */
  public void apply(
      Operations operations,
      Workspace workspace,
      KvCache cache,
      int layer,
      Buffer x,
      Buffer angles,
      int batch) {
    Buffer normed = workspace.take(Slot.NORMED, x.length());
    Buffer added = workspace.take(Slot.ADDED, x.length());
    attentionNorm.apply(operations, x, batch, normed);
    attention.apply(operations, workspace, cache, layer, normed, angles, batch, added);
    attentionPostNorm.ifPresent(n -> n.apply(operations, added, batch, added));
    operations.add(x, added);
    feedForwardNorm.apply(operations, x, batch, normed);
    feedForward.apply(operations, workspace, normed, batch, added);
    feedForwardPostNorm.ifPresent(n -> n.apply(operations, added, batch, added));
    operations.add(x, added);
  }
}
