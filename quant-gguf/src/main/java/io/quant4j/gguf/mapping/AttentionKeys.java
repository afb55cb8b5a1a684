package io.quant4j.gguf.mapping;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.SlidingWindow;
import io.quant4j.api.model.SoftCaps;
import io.quant4j.gguf.file.GgufValue;
import java.util.Map;

/**
 * Sliding windows and soft caps, from keys and to keys. Only architectures that upstream runs with
 * them have them: others may hold the keys, but nothing follows them (upstream: {@code
 * load_arch_hparams} of each in src/models).
 */
final class AttentionKeys {
  private static final int MAX_PERIOD = 512;

  /** What files mean where they say nothing: tokens 0 is no window, a base of 0 that of all. */
  private static final Map<String, Window> WINDOWS =
      Map.of(
          "gemma2", new Window(4096, 2, 0),
          "gemma3", new Window(0, 6, 10_000),
          "phi3", new Window(0, 0, 0));

  private static final Map<String, SoftCaps> SOFT_CAPS =
      Map.of("gemma2", new SoftCaps(50, 30), "gemma3", SoftCaps.NONE);

  private record Window(int tokens, int period, float ropeBase) {}

  private AttentionKeys() {}

  /** Reads what the architecture has of both. */
  static void read(KeyReader in, ModelKeys keys, ModelMetadata.Builder builder) {
    Window window = WINDOWS.get(keys.architecture());
    if (window != null) {
      int tokens = in.integer(keys.slidingWindow(), 0, Integer.MAX_VALUE).orElse(window.tokens());
      int period = in.integer(keys.slidingWindowPattern(), 0, MAX_PERIOD).orElse(window.period());
      float base = in.real(keys.ropeBaseOfWindow()).orElse(window.ropeBase());
      if (tokens > 0) {
        builder.slidingWindow(new SlidingWindow(tokens, period, base));
      }
    }
    SoftCaps caps = SOFT_CAPS.get(keys.architecture());
    if (caps != null) {
      float attention =
          caps.attention() == 0 ? 0 : in.real(keys.attentionSoftCap()).orElse(caps.attention());
      float output = in.real(keys.outputSoftCap()).orElse(caps.output());
      builder.softCaps(new SoftCaps(attention, output));
    }
  }

  /** Adds the keys. */
  static void put(ModelMetadata model, ModelKeys keys, KeyList out) {
    Window usual = WINDOWS.getOrDefault(model.architecture(), new Window(0, 0, 0));
    if (model.slidingWindow().isPresent()) {
      SlidingWindow window = model.slidingWindow().get();
      int tokens = window.tokens();
      out.put(keys.slidingWindow(), GgufValue.uint32(tokens), tokens == usual.tokens());
      if (window.period() != usual.period()) {
        out.put(keys.slidingWindowPattern(), GgufValue.uint32(window.period()));
      }
      if (window.ropeBase() != 0) {
        float base = window.ropeBase();
        out.put(keys.ropeBaseOfWindow(), GgufValue.float32(base), base == usual.ropeBase());
      }
    } else if (usual.tokens() > 0 || model.architecture().equals("phi3")) {
      // Upstream tells Phi 4 from Phi 3 by a window of zero.
      out.put(keys.slidingWindow(), GgufValue.uint32(0), usual.tokens() == 0);
    }
    SoftCaps caps = SOFT_CAPS.getOrDefault(model.architecture(), SoftCaps.NONE);
    putCap(keys.attentionSoftCap(), model.softCaps().attention(), caps.attention(), out);
    putCap(keys.outputSoftCap(), model.softCaps().output(), caps.output(), out);
  }

  private static void putCap(String key, float cap, float usual, KeyList out) {
    if (cap != 0 || usual != 0) {
      out.put(key, GgufValue.float32(cap), cap == usual);
    }
  }
}
