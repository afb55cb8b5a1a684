package io.quant4j.api;

import io.quant4j.api.spi.Availability;

/**
 * A kernel backend and whether it can run here.
 *
 * @param name as {@link LoadOptions} takes it
 * @param rank automatic choice prefers higher ranks
 * @param availability usable, or why not and what helps
 */
public record BackendReport(String name, int rank, Availability availability) {}
