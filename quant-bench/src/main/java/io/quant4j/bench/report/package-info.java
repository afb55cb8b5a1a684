/** The table and the plot of all formats and file types, measured on one model. */
@NullMarked
package io.quant4j.bench.report;

import org.jspecify.annotations.NullMarked;
