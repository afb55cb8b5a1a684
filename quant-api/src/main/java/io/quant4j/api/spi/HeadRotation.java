package io.quant4j.api.spi;

import io.quant4j.api.model.RotaryLayout;
import java.util.Optional;

/**
 * What becomes of the heads of queries and keys before attention: an RMS norm of every head where
 * there is a gain, then rotation.
 *
 * @param angles (batch, ropeDimensions) from {@link Operations#rotaryAngles}
 * @param layout which elements are pairs
 * @param queryGain (headDim)
 * @param keyGain (headDim)
 * @param epsilon of both norms
 */
public record HeadRotation(
    Buffer angles,
    RotaryLayout layout,
    Optional<Buffer> queryGain,
    Optional<Buffer> keyGain,
    float epsilon) {}
