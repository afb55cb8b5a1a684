/** Benchmarks, and models to run them on. */
@NullMarked
package io.quant4j.bench;

import org.jspecify.annotations.NullMarked;
