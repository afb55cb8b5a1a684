/**
 * The rules of this repository as tests: source format, architecture, service declarations and what
 * lies where. They live in the one module that sees all others.
 */
@NullMarked
package io.quant4j.build;

import org.jspecify.annotations.NullMarked;
