/** The command line: one class per command on top of the public API, and what they share. */
@NullMarked
package io.quant4j.cli;

import org.jspecify.annotations.NullMarked;
