/**
 * GGUF files as bytes: header, typed metadata values, tensor directory, alignment and splits.
 * Nothing here knows what a key or a tensor means.
 */
@NullMarked
package io.quant4j.gguf.file;

import org.jspecify.annotations.NullMarked;
