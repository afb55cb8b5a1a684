/** A first program with Quant4J: make a model small, then let it write. */
@NullMarked
package io.quant4j.quickstart;

import org.jspecify.annotations.NullMarked;
