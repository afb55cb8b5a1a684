/**
 * Encoders that minimize the weighted squared error of a block over all its numbers together:
 * scales of groups, the scales of these scales as stored, and codes.
 */
@NullMarked
package io.quant4j.core.algorithm.optimal;

import org.jspecify.annotations.NullMarked;
