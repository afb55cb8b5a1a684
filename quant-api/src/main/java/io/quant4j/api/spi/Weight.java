package io.quant4j.api.spi;

import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;

/** A weight matrix made ready by {@link Operations#bind}. */
public interface Weight {

  FormatId format();

  /** (rows, cols). */
  Shape shape();
}
