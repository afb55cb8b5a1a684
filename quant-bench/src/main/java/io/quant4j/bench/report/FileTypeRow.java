package io.quant4j.bench.report;

/**
 * A whole model in one file type.
 *
 * @param algorithm how codes were chosen
 */
record FileTypeRow(String fileType, String algorithm, Comparison measured) {}
