package io.quant4j.core.evaluate;

import io.quant4j.api.spi.DecoderState;

/**
 * A model under evaluation.
 *
 * @param state emptied and filled; of at least the window's length
 * @param scorer appends to {@code state}
 */
public record Subject(DecoderState state, RowScorer scorer) {}
