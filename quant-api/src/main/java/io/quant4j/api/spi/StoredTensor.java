package io.quant4j.api.spi;

import io.quant4j.api.model.TensorRole;
import io.quant4j.api.tensor.TensorInfo;
import java.util.Optional;

/**
 * A tensor of a checkpoint.
 *
 * @param info the directory's entry
 * @param role what it does, if the container or architecture knows the name
 */
public record StoredTensor(TensorInfo info, Optional<TensorRole> role) {}
