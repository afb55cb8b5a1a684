package io.quant4j.cli;

import java.nio.file.Path;

/**
 * What was measured.
 *
 * @param path as given
 * @param architecture family name as GGUF spells it
 * @param bytes stored bytes of all tensors
 * @param parameters elements of all tensors
 * @param backend kernel backend in use
 * @param threads threads that compute
 */
record BenchSubject(
    Path path, String architecture, long bytes, long parameters, String backend, int threads) {

  /** The last part of the path. */
  String name() {
    Path name = path.getFileName();
    return name == null ? path.toString() : name.toString();
  }
}
