package io.quant4j.api.spi;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.FormatId;
import io.quant4j.api.tensor.Shape;
import java.util.Optional;

/**
 * A tensor to be written.
 *
 * @param role what it does; the container derives its own name from it
 * @param sourceName name in the source, used where there is no role
 * @param format how it will be stored
 * @param shape (rows, cols) row-major, outermost first
 * @param byteSize stored bytes without padding
 */
public record PlannedTensor(
    Optional<TensorRole> role, String sourceName, FormatId format, Shape shape, long byteSize) {}
