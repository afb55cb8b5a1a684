package io.quant4j.api.spi;

import java.util.Optional;

/**
 * Which importance matrix a model was quantized with, for the record in the file.
 *
 * @param file as the user named it; empty if it was made in memory
 * @param dataset the first text that was read for it, if it says
 * @param entries weights that it was used for
 * @param chunks windows of text that were read; 0 if unknown
 */
public record ImportanceOrigin(
    Optional<String> file, Optional<String> dataset, int entries, int chunks) {}
