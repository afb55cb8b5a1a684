package io.quant4j.core.quantize;

import io.quant4j.api.FileSplit;
import io.quant4j.api.QuantizerOptions;
import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.InvalidRequestException;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.Checkpoint;
import io.quant4j.api.spi.CheckpointWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/** Which tensors of a source the target has, and in which order. */
final class TargetTensors {
  private final QuantizerOptions options;
  private final Checkpoint source;
  private final CheckpointWriter writer;
  private final boolean copied;

  /**
   * @param copied whether every matrix keeps its format
   */
  TargetTensors(
      QuantizerOptions options, Checkpoint source, CheckpointWriter writer, boolean copied) {
    this.options = options;
    this.source = source;
    this.writer = writer;
    this.copied = copied;
  }

  /**
   * The tensors in the order of the target: by layer and name, as llama.cpp lays them out, unless
   * files are only copied or keep their tensors.
   *
   * @throws InvalidRequestException if layers are to be left out that are not there, or all
   */
  List<NamedTensor> list() {
    List<NamedTensor> tensors = pruned(NamedTensor.list(source, writer));
    boolean sameContainer = source.container().equals(writer.name());
    boolean keepFiles = options.split() instanceof FileSplit.AsSource;
    if (keepFiles && !sameContainer) {
      throw new InvalidRequestException(
          ErrorLocation.of(source.path()),
          "only the files of a split " + writer.name() + " model can be kept",
          "Split by size or number of tensors instead.");
    }
    if (!sameContainer || !(keepFiles || copied)) {
      tensors.sort(NamedTensor.FILE_ORDER);
    }
    return tensors;
  }

  /** Decoder layers that the target has. */
  int layers() {
    return source.metadata().layerCount() - options.changes().prunedLayers().size();
  }

  private List<NamedTensor> pruned(List<NamedTensor> tensors) {
    SortedSet<Integer> pruned = options.changes().prunedLayers();
    if (pruned.isEmpty()) {
      return tensors;
    }
    int count = source.metadata().layerCount();
    if (pruned.first() < 0 || pruned.last() >= count || pruned.size() == count) {
      throw new InvalidRequestException(
          ErrorLocation.of(source.path()),
          "layers %s are to be left out of a model of %d".formatted(pruned, count),
          "Name some of the layers 0 to %d, but not all.".formatted(count - 1));
    }
    List<NamedTensor> kept = new ArrayList<>();
    for (NamedTensor tensor : tensors) {
      int layer = tensor.layer();
      if (layer == TensorRole.NO_LAYER) {
        kept.add(tensor);
      } else if (!pruned.contains(layer)) {
        kept.add(tensor.inLayer(layer - pruned.headSet(layer).size(), writer));
      }
    }
    return kept;
  }
}
