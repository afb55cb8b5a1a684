/** Whole models against the clock, in processes of their own: ours, and those of others. */
@NullMarked
package io.quant4j.bench.speed;

import org.jspecify.annotations.NullMarked;
