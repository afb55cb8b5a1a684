/** The only users of {@link java.util.ServiceLoader}: extensions by name, backends by rank. */
@NullMarked
package io.quant4j.core.discovery;

import org.jspecify.annotations.NullMarked;
