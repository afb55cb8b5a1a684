/** JSON from files that are not to be trusted: bounded, streamed, with typed errors. */
@NullMarked
package io.quant4j.core.checkpoint.json;

import org.jspecify.annotations.NullMarked;
