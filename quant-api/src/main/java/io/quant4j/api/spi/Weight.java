package io.quant4j.api.spi;

import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;

/** A weight made ready by {@link Operations#bind} or {@link Operations#bindExperts}. */
public interface Weight {

  FormatId format();

  /** (rows, cols), or (experts, rows, cols) for a stack. */
  Shape shape();
}
