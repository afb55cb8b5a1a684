/** Running calibration text through a model and keeping statistics of its activations. */
@NullMarked
package io.quant4j.core.calibrate;

import org.jspecify.annotations.NullMarked;
