package io.quant4j.api.spi;

import io.quant4j.api.tensor.FormatId;
import java.util.Optional;

/**
 * What the memory of a sequence is made for.
 *
 * @param contextLength tokens that fit
 * @param maxBatch most tokens of one forward call
 * @param keys format in which keys are kept; empty for {@link Operations#cacheFormat}
 * @param values format in which values are kept; empty for {@link Operations#cacheFormat}
 * @param exact whether the sequence runs on {@link Operations#exact}
 */
public record SequenceShape(
    int contextLength,
    int maxBatch,
    Optional<FormatId> keys,
    Optional<FormatId> values,
    boolean exact) {}
