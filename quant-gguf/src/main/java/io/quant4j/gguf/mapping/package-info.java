/**
 * Tables between GGUF's names and the neutral ones: type ids, metadata keys, tensor names, file
 * types, tokenizers.
 */
@NullMarked
package io.quant4j.gguf.mapping;

import org.jspecify.annotations.NullMarked;
