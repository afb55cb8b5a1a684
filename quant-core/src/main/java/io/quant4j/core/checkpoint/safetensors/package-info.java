/** The safetensors container: one file or a set of shards with an index, mapped into memory. */
@NullMarked
package io.quant4j.core.checkpoint.safetensors;

import org.jspecify.annotations.NullMarked;
