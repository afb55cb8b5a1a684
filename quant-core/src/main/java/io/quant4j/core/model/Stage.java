package io.quant4j.core.model;

import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Placement;
import io.quant4j.core.model.layer.DecoderLayer;
import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive layers that run on the same operations.
 *
 * @param first whether the first layer of the decoder is among them
 * @param last whether the last layer of the decoder is among them
 */
record Stage(Operations operations, boolean first, boolean last, List<DecoderLayer> layers) {

  /** The layers of a decoder, in order, in as few stages as the placement allows. */
  static List<Stage> of(List<DecoderLayer> layers, Placement placement) {
    List<Stage> stages = new ArrayList<>();
    int begin = 0;
    for (int layer = 1; layer <= layers.size(); layer++) {
      Operations operations = placement.layer(begin);
      boolean last = layer == layers.size();
      if (last || !placement.layer(layer).equals(operations)) {
        List<DecoderLayer> part = List.copyOf(layers.subList(begin, layer));
        stages.add(new Stage(operations, begin == 0, last, part));
        begin = layer;
      }
    }
    return stages;
  }
}
