package io.quant4j.bench.report;

import java.util.Optional;

/**
 * One way to quantize, without and with an importance matrix.
 *
 * @param plain without; empty if it needs one
 * @param weighted with one; empty if there is none, or it cannot be used
 */
record Comparison(Optional<Quality> plain, Optional<Quality> weighted) {}
