/** Neutral facts about a checkpoint: what every container can state, in words of no container. */
@NullMarked
package io.quant4j.api.model;

import org.jspecify.annotations.NullMarked;
