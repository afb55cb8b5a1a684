package io.quant4j.api.model;

/**
 * Attention of some layers to the latest tokens only.
 *
 * @param tokens a token sees itself and the {@code tokens - 1} before it; at least 1
 * @param period every {@code period}-th layer sees everything, beginning with layer {@code period -
 *     1}; 0 if none does
 * @param ropeBase base of the rotary frequencies in the layers with a window, which are not
 *     stretched then; 0 if they are those of all layers
 */
public record SlidingWindow(int tokens, int period, float ropeBase) {

  /** Whether a layer sees the window only. */
  public boolean in(int layer) {
    return period == 0 || layer % period < period - 1;
  }
}
