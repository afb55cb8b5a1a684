package io.quant4j.core.model;

import io.quant4j.api.spi.Operations;
import io.quant4j.api.spi.Placement;
import io.quant4j.core.model.layer.DecoderLayer;
import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive layers that run on the same operations.
 *
 * @param first number of the first of them
 */
record Stage(Operations operations, int first, List<DecoderLayer> layers) {

  /** The layers of a decoder, in order, in as few stages as the placement allows. */
  static List<Stage> of(List<DecoderLayer> layers, Placement placement) {
    List<Stage> stages = new ArrayList<>();
    int begin = 0;
    for (int layer = 1; layer <= layers.size(); layer++) {
      Operations operations = placement.layer(begin);
      if (layer == layers.size() || placement.layer(layer) != operations) {
        stages.add(new Stage(operations, begin, List.copyOf(layers.subList(begin, layer))));
        begin = layer;
      }
    }
    return stages;
  }
}
