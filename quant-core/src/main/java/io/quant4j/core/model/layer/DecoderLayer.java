package io.quant4j.core.model.layer;

import io.quant4j.api.spi.Buffer;
import io.quant4j.api.spi.KeyValueCache;
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
   * Lets the new tokens through. Keys and values of all of them are put into the cache; in a
   * decoder's last layer, what else becomes of a token matters only if it is asked for.
   *
   * @param x (batch, dim); the rows asked for are changed in place
   * @param angles (batch, ropeDimensions) of the layer's frequencies
   * @param wanted how many of the last tokens are asked for
   */
  public void apply(Step step, KeyValueCache cache, Buffer x, Buffer angles, int wanted) {
    Buffer normed = step.workspace().take(Slot.NORMED, x.length());
    NormedInput input = new NormedInput(x, attentionNorm, normed);
    attention.store(step, cache, input, angles);
    if (wanted > 0) {
      long elements = x.length() / step.batch() * wanted;
      finish(step.last(wanted), step.batch(), cache, x.slice(x.length() - elements, elements));
    }
  }

  /**
   * What follows when keys and values are in the cache.
   *
   * @param stored tokens of the pass, of which the step has the last ones
   */
  private void finish(Step step, int stored, KeyValueCache cache, Buffer x) {
    Buffer normed = step.workspace().take(Slot.NORMED, x.length());
    Buffer added = step.workspace().take(Slot.ADDED, x.length());
    Buffer attended = attention.attend(step, stored, cache);
    if (attentionPostNorm.isEmpty()) {
      attention.output().addTo(step, attended, x, added);
    } else {
      attention.output().apply(step, attended, added);
      addNormed(step, attentionPostNorm.get(), x, added);
    }
    NormedInput feedForwardInput = new NormedInput(x, feedForwardNorm, normed);
    if (feedForwardPostNorm.isEmpty()) {
      feedForward.addTo(step, feedForwardInput, x, added);
    } else {
      feedForward.apply(step, feedForwardInput, added);
      addNormed(step, feedForwardPostNorm.get(), x, added);
    }
  }

  private static void addNormed(Step step, RmsNorm norm, Buffer x, Buffer added) {
    norm.apply(step.operations(), added, step.batch(), added);
    step.operations().add(x, added);
  }
}
