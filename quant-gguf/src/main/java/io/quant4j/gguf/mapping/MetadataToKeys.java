package io.quant4j.gguf.mapping;

import io.quant4j.api.model.ModelMetadata;
import io.quant4j.gguf.file.GgufValue;
import java.util.OptionalInt;

/** Metadata keys of hyper-parameters, in the order in which llama.cpp's converter writes them. */
final class MetadataToKeys {
  private MetadataToKeys() {}

  /**
   * Adds the keys.
   *
   * @param fileType number of {@code general.file_type}, if there is one
   */
  static void put(ModelMetadata model, OptionalInt fileType, KeyList out) {
    ModelKeys keys = new ModelKeys(model.architecture());
    out.put(ModelKeys.ARCHITECTURE, GgufValue.text(model.architecture()));
    out.put(ModelKeys.TYPE, GgufValue.text(ModelKeys.MODEL_TYPE), true);
    model.name().ifPresent(name -> out.put(ModelKeys.NAME, GgufValue.text(name)));
    out.put(keys.blockCount(), GgufValue.uint32(model.layerCount()));
    out.put(keys.contextLength(), GgufValue.uint32(model.contextLength()));
    out.put(keys.embeddingLength(), GgufValue.uint32(model.embeddingLength()));
    out.put(
        keys.feedForwardLength(),
        GgufValue.uint32(model.feedForwardLength()),
        model.feedForwardLength() == 0);
    putAttention(model, keys, out);
    putExperts(model, keys, out);
    fileType.ifPresent(number -> out.put(ModelKeys.FILE_TYPE, GgufValue.uint32(number)));
    out.put(keys.vocabularySize(), GgufValue.uint32(model.vocabularySize()), true);
    out.put(
        keys.ropeDimensions(),
        GgufValue.uint32(model.ropeDimensions()),
        model.ropeDimensions() == model.headDim());
    RopeKeys.put(model, keys, out);
    AttentionKeys.put(model, keys, out);
  }

  private static void putAttention(ModelMetadata model, ModelKeys keys, KeyList out) {
    ModelMetadata defaults = ModelMetadata.builder(model.architecture()).build();
    int heads = model.headCount();
    out.put(keys.headCount(), GgufValue.uint32(heads));
    out.put(
        keys.kvHeadCount(), GgufValue.uint32(model.kvHeadCount()), model.kvHeadCount() == heads);
    out.put(
        keys.ropeBase(),
        GgufValue.float32(model.ropeBase()),
        model.ropeBase() == defaults.ropeBase());
    out.put(
        keys.rmsNormEpsilon(),
        GgufValue.float32(model.rmsNormEpsilon()),
        model.rmsNormEpsilon() == defaults.rmsNormEpsilon());
    boolean usual = (long) heads * model.headDim() == model.embeddingLength();
    out.put(keys.keyLength(), GgufValue.uint32(model.headDim()), usual);
    out.put(keys.valueLength(), GgufValue.uint32(model.headDim()), true);
  }

  private static void putExperts(ModelMetadata model, ModelKeys keys, KeyList out) {
    if (model.expertCount() > 0) {
      out.put(keys.expertCount(), GgufValue.uint32(model.expertCount()));
      out.put(keys.expertUsedCount(), GgufValue.uint32(model.expertUsedCount()));
      if (MetadataFromKeys.SPLIT_EXPERTS.contains(model.architecture())) {
        out.put(keys.expertFeedForwardLength(), GgufValue.uint32(model.expertFeedForwardLength()));
      }
      if (model.sharedExpertFeedForwardLength() > 0) {
        out.put(
            keys.sharedExpertFeedForwardLength(),
            GgufValue.uint32(model.sharedExpertFeedForwardLength()));
      }
    }
  }
}
