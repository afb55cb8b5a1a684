/** Memory of the system outside the heap: how much there is, and large amounts of it. */
@NullMarked
package io.quant4j.core.memory;

import org.jspecify.annotations.NullMarked;
