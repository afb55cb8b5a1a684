package io.quant4j.core.session;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.model.ModelMetadata;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.model.TensorRole.Kind;
import io.quant4j.api.spi.BlockFormat;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.Device;
import io.quant4j.api.spi.StoredTensor;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.core.discovery.Extensions;
import java.util.Optional;

/**
 * How much memory the parts of a model take.
 *
 * @param context tokens for which caches are counted
 * @param prefillBatch most tokens of one pass
 * @param keys format in which keys are kept; empty for the device's own
 * @param values format in which values are kept; empty for the device's own
 */
record ModelSize(
    Checkpoint checkpoint,
    int context,
    int prefillBatch,
    Optional<FormatId> keys,
    Optional<FormatId> values) {

  LayerSplit on(Device device) {
    ModelMetadata metadata = checkpoint.metadata();
    long[] layers = new long[metadata.layerCount()];
    long input = 0;
    long output = 0;
    boolean tied = true;
    for (StoredTensor tensor : checkpoint.tensors()) {
      if (tensor.role().isEmpty()) {
        continue;
      }
      TensorRole role = tensor.role().get();
      long bytes = device.boundBytes(tensor.info().byteSize());
      if (role.layer() >= 0 && role.layer() < layers.length) {
        layers[role.layer()] += bytes;
      } else if (role.kind() == Kind.TOKEN_EMBEDDING) {
        input = bytes;
      } else {
        output += bytes;
        tied &= role.kind() != Kind.OUTPUT;
      }
    }
    FormatId usual = device.operations().cacheFormat();
    long cache = cacheBytes(keys.orElse(usual)) + cacheBytes(values.orElse(usual));
    for (int layer = 0; layer < layers.length; layer++) {
      layers[layer] += cache;
    }
    long scratch =
        (long) Float.BYTES * (8L * prefillBatch * widest(metadata) + metadata.vocabularySize());
    // A tied matrix is one on a device that has both ends; alone, the output brings it along.
    return new LayerSplit(layers, tied ? 0 : input, output + scratch + (tied ? input : 0));
  }

  /** Bytes of the keys (or values) of one layer, in whole blocks. */
  private long cacheBytes(FormatId format) {
    BlockFormat blocks = Extensions.installed().format(format, ErrorLocation.subject("cache"));
    long kvDim = (long) checkpoint.metadata().kvHeadCount() * checkpoint.metadata().headDim();
    long count = (kvDim + blocks.blockElements() - 1) / blocks.blockElements();
    return count * blocks.blockBytes() * context;
  }

  private static long widest(ModelMetadata metadata) {
    return Math.max(metadata.embeddingLength(), metadata.feedForwardLength());
  }
}
