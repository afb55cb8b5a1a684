/**
 * How speed would grow with threads: a small model, the measurements that feed it, and how far it
 * is from what this machine does.
 */
@NullMarked
package io.quant4j.bench.scaling;

import org.jspecify.annotations.NullMarked;
