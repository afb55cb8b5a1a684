/** Reports: formats and file types on one model, and speed against other programs. */
@NullMarked
package io.quant4j.bench.report;

import org.jspecify.annotations.NullMarked;
