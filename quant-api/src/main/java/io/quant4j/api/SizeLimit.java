package io.quant4j.api;

import java.util.Optional;

/**
 * A size, instead of a mix, as what decides the formats.
 *
 * @param target what must not be exceeded
 * @param sensitivity of the matrices; if empty, relative errors of all elements count alike
 */
public record SizeLimit(SizeTarget target, Optional<TensorSensitivity> sensitivity) {}
