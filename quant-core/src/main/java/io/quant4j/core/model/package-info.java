/** One class per architecture: its tensors and its forward pass. */
@NullMarked
package io.quant4j.core.model;

import org.jspecify.annotations.NullMarked;
