/** The GGUF container: the reader and writer that the engine finds as services. */
@NullMarked
package io.quant4j.gguf;

import org.jspecify.annotations.NullMarked;
