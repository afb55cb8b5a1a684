/** A loaded model, its sessions and the generation loop. */
@NullMarked
package io.quant4j.core.session;

import org.jspecify.annotations.NullMarked;
