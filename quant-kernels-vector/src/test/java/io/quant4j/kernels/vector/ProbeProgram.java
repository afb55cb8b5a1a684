package io.quant4j.kernels.vector;

import io.quant4j.api.error.BackendUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes what the backend says of this JVM: a line from probe, and one from open. */
final class ProbeProgram {
  private ProbeProgram() {}

  public static void main(String[] args) throws IOException {
    VectorBackend backend = new VectorBackend();
    Files.write(Path.of(args[0]), List.of(backend.probe().toString(), open(backend)));
  }

  private static String open(VectorBackend backend) {
    try {
      return backend.open().toString();
    } catch (BackendUnavailableException e) {
      return e.getClass().getSimpleName()
          + ": "
          + String.valueOf(e.getMessage()).replace('\n', ' ');
    }
  }
}
