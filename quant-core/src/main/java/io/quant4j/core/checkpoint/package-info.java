/** Checkpoints on disk: finding their reader, Hugging Face directories, safetensors. */
@NullMarked
package io.quant4j.core.checkpoint;

import org.jspecify.annotations.NullMarked;
