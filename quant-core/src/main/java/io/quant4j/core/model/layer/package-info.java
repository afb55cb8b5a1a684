/** Layers that architectures share, written against operations on buffer handles. */
@NullMarked
package io.quant4j.core.model.layer;

import org.jspecify.annotations.NullMarked;
