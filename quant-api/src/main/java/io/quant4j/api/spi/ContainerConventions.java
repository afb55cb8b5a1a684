package io.quant4j.api.spi;

import io.quant4j.api.model.RotaryLayout;

/**
 * How a container stores what can be stored in several ways.
 *
 * @param rotaryLayout row order of the query and key projections
 * @param ropeFactorsAsTensor whether Llama 3 rope scaling is stored as a tensor of divisors rather
 *     than as parameters
 */
public record ContainerConventions(RotaryLayout rotaryLayout, boolean ropeFactorsAsTensor) {}
