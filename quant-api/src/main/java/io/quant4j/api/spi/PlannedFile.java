package io.quant4j.api.spi;

import java.nio.file.Path;

/**
 * A file that a writer would make.
 *
 * @param path where it will lie
 * @param byteSize of the whole file
 */
public record PlannedFile(Path path, long byteSize) {}
