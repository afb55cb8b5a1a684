package io.quant4j.api.spi;

import io.quant4j.api.model.RotaryLayout;

/**
 * How a container stores what can be stored in several ways.
 *
 * @param rotaryLayout row order of the query and key projections
 * @param ropeFactorsAsTensor whether rope scaling by a divisor per frequency is stored as tensors
 *     rather than as parameters
 * @param normOffset what has to be added to every stored gain of an RMS norm
 */
public record ContainerConventions(
    RotaryLayout rotaryLayout, boolean ropeFactorsAsTensor, float normOffset) {

  /** Conventions of a container that stores gains as they are. */
  public ContainerConventions(RotaryLayout rotaryLayout, boolean ropeFactorsAsTensor) {
    this(rotaryLayout, ropeFactorsAsTensor, 0);
  }
}
