package io.quant4j.core.kernel;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.UnsupportedModelException;
import io.quant4j.api.spi.Weight;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.util.List;

/**
 * The matrices of all experts on the host, wherever each of them lies.
 *
 * @param experts of one shape and format
 */
record HostExpertStack(List<HostWeight> experts) implements Weight {

  HostExpertStack {
    experts = List.copyOf(experts);
    HostWeight first = experts.getFirst();
    for (HostWeight expert : experts) {
      if (!expert.format().equals(first.format()) || !expert.shape().equals(first.shape())) {
        throw new UnsupportedModelException(
            ErrorLocation.none(),
            "experts of one layer are stored as %s %s and %s %s"
                .formatted(first.format(), first.shape(), expert.format(), expert.shape()),
            "Convert the model so that the matrices of all experts have one format.");
      }
    }
  }

  @Override
  public FormatId format() {
    return experts.getFirst().format();
  }

  /** (experts, rows, cols). */
  @Override
  public Shape shape() {
    return Shape.of(experts.size(), rows(), cols());
  }

  /** Rows of one matrix. */
  int rows() {
    return experts.getFirst().rows();
  }

  int cols() {
    return experts.getFirst().cols();
  }
}
