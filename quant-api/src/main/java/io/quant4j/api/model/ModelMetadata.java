package io.quant4j.api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hyper-parameters of a decoder-only language model in neutral words. Immutable.
 *
 * @param architecture family name as GGUF spells it ({@code llama})
 * @param name human-readable model name, if stated
 * @param vocabularySize tokens; rows of the embedding
 * @param contextLength longest context the model was made for, in tokens
 * @param embeddingLength width of the residual stream (dim)
 * @param layerCount decoder layers
 * @param feedForwardLength inner width of the feed-forward part
 * @param headCount query heads
 * @param kvHeadCount key/value heads; divides {@code headCount}
 * @param headDim width of one head (key and value alike)
 * @param ropeDimensions leading elements of a head that are rotated; even
 * @param ropeBase base of the rotary frequencies
 * @param ropeScaling how the frequencies are stretched
 * @param rotaryLayout row order of the stored query and key projections
 * @param rmsNormEpsilon added under the root of every RMS norm
 * @param expertCount experts per layer, 0 for a dense model
 * @param expertUsedCount experts that see each token
 * @param expertFeedForwardLength inner width of one expert, 0 for a dense model
 * @param sharedExpertFeedForwardLength inner width of the expert that sees every token, 0 without
 * @param slidingWindow attention to the latest tokens only, in some layers or all
 * @param softCaps bounds of attention products and logits
 * @param normOffset what is added to every stored gain of an RMS norm: 1 where a container stores
 *     the difference from 1
 * @param extra facts of the source container without a neutral name, by that container's own keys,
 *     so that writing the same container again loses nothing. Values are {@code Boolean}, {@code
 *     Long}, {@code Double}, {@code String}, or the container's own value type
 */
public record ModelMetadata(
    String architecture,
    Optional<String> name,
    int vocabularySize,
    int contextLength,
    int embeddingLength,
    int layerCount,
    int feedForwardLength,
    int headCount,
    int kvHeadCount,
    int headDim,
    int ropeDimensions,
    float ropeBase,
    RopeScaling ropeScaling,
    RotaryLayout rotaryLayout,
    float rmsNormEpsilon,
    int expertCount,
    int expertUsedCount,
    int expertFeedForwardLength,
    int sharedExpertFeedForwardLength,
    Optional<SlidingWindow> slidingWindow,
    SoftCaps softCaps,
    float normOffset,
    Map<String, Object> extra) {

  public ModelMetadata {
    extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
  }

  /** A builder holding the defaults that GGUF and Hugging Face share. */
  public static Builder builder(String architecture) {
    return new Builder(architecture);
  }

  /** A builder holding these values. */
  public Builder toBuilder() {
    Builder b = new Builder(architecture);
    b.name = name.orElse(null);
    b.vocabularySize = vocabularySize;
    b.contextLength = contextLength;
    b.embeddingLength = embeddingLength;
    b.layerCount = layerCount;
    b.feedForwardLength = feedForwardLength;
    b.headCount = headCount;
    b.kvHeadCount = kvHeadCount;
    b.headDim = headDim;
    b.ropeDimensions = ropeDimensions;
    b.ropeBase = ropeBase;
    b.ropeScaling = ropeScaling;
    b.rotaryLayout = rotaryLayout;
    b.rmsNormEpsilon = rmsNormEpsilon;
    b.expertCount = expertCount;
    b.expertUsedCount = expertUsedCount;
    b.expertFeedForwardLength = expertFeedForwardLength;
    b.sharedExpertFeedForwardLength = sharedExpertFeedForwardLength;
    b.slidingWindow = slidingWindow.orElse(null);
    b.softCaps = softCaps;
    b.normOffset = normOffset;
    b.extra = extra;
    return b;
  }

  /** Collects the values of a {@link ModelMetadata}; setters are named after its components. */
  public static final class Builder {
    private final String architecture;
    private @Nullable String name;
    private int vocabularySize;
    private int contextLength;
    private int embeddingLength;
    private int layerCount;
    private int feedForwardLength;
    private int headCount;
    private int kvHeadCount;
    private int headDim;
    private int ropeDimensions;
    private float ropeBase = 10_000f;
    private RopeScaling ropeScaling = new RopeScaling.None();
    private RotaryLayout rotaryLayout = RotaryLayout.INTERLEAVED;
    private float rmsNormEpsilon = 1e-5f;
    private int expertCount;
    private int expertUsedCount;
    private int expertFeedForwardLength;
    private int sharedExpertFeedForwardLength;
    private @Nullable SlidingWindow slidingWindow;
    private SoftCaps softCaps = SoftCaps.NONE;
    private float normOffset;
    private Map<String, Object> extra = Map.of();

    private Builder(String architecture) {
      this.architecture = architecture;
    }

    public Builder name(String value) {
      name = value;
      return this;
    }

    public Builder vocabularySize(int value) {
      vocabularySize = value;
      return this;
    }

    public Builder contextLength(int value) {
      contextLength = value;
      return this;
    }

    public Builder embeddingLength(int value) {
      embeddingLength = value;
      return this;
    }

    public Builder layerCount(int value) {
      layerCount = value;
      return this;
    }

    public Builder feedForwardLength(int value) {
      feedForwardLength = value;
      return this;
    }

    public Builder headCount(int value) {
      headCount = value;
      return this;
    }

    public Builder kvHeadCount(int value) {
      kvHeadCount = value;
      return this;
    }

    public Builder headDim(int value) {
      headDim = value;
      return this;
    }

    public Builder ropeDimensions(int value) {
      ropeDimensions = value;
      return this;
    }

    public Builder ropeBase(float value) {
      ropeBase = value;
      return this;
    }

    public Builder ropeScaling(RopeScaling value) {
      ropeScaling = value;
      return this;
    }

    public Builder rotaryLayout(RotaryLayout value) {
      rotaryLayout = value;
      return this;
    }

    public Builder rmsNormEpsilon(float value) {
      rmsNormEpsilon = value;
      return this;
    }

    public Builder expertCount(int value) {
      expertCount = value;
      return this;
    }

    public Builder expertUsedCount(int value) {
      expertUsedCount = value;
      return this;
    }

    public Builder expertFeedForwardLength(int value) {
      expertFeedForwardLength = value;
      return this;
    }

    public Builder sharedExpertFeedForwardLength(int value) {
      sharedExpertFeedForwardLength = value;
      return this;
    }

    public Builder slidingWindow(SlidingWindow value) {
      slidingWindow = value;
      return this;
    }

    public Builder softCaps(SoftCaps value) {
      softCaps = value;
      return this;
    }

    public Builder normOffset(float value) {
      normOffset = value;
      return this;
    }

    public Builder extra(Map<String, Object> value) {
      extra = value;
      return this;
    }

    /**
     * Unset head counts and widths follow from the others: kv heads = heads, head width = dim /
     * heads, width of an expert = feed-forward length.
     */
    public ModelMetadata build() {
      int kv = kvHeadCount == 0 ? headCount : kvHeadCount;
      int expertWidth = expertFeedForwardLength == 0 ? feedForwardLength : expertFeedForwardLength;
      int width = headDim == 0 && headCount > 0 ? embeddingLength / headCount : headDim;
      return new ModelMetadata(
          architecture,
          Optional.ofNullable(name),
          vocabularySize,
          contextLength,
          embeddingLength,
          layerCount,
          feedForwardLength,
          headCount,
          kv,
          width,
          ropeDimensions == 0 ? width : ropeDimensions,
          ropeBase,
          ropeScaling,
          rotaryLayout,
          rmsNormEpsilon,
          expertCount,
          expertUsedCount,
          expertCount == 0 ? 0 : expertWidth,
          sharedExpertFeedForwardLength,
          Optional.ofNullable(slidingWindow),
          softCaps,
          normOffset,
          extra);
    }
  }
}
