package io.quant4j.core.calibrate;

import io.quant4j.api.error.ErrorLocation;
import io.quant4j.api.error.MissingExtensionException;
import io.quant4j.api.model.TensorRole;
import io.quant4j.api.spi.CheckpointWriter;
import io.quant4j.core.discovery.Extensions;
import java.util.Optional;

/** Names of weights as GGUF files spell them, by which calibration data is known. */
record GgufNames(CheckpointWriter gguf) {

  /**
   * @throws MissingExtensionException if that container is not installed
   */
  static GgufNames installed() {
    return Extensions.installed().writers().stream()
        .filter(writer -> writer.name().equals("gguf"))
        .findFirst()
        .map(GgufNames::new)
        .orElseThrow(() ->
            new MissingExtensionException(
                ErrorLocation.none(),
                "calibration names weights as GGUF files do, and that container is missing",
                "Add the dependency io.quant4j:quant-gguf."));
  }

  String of(TensorRole role) {
    return gguf.tensorName(Optional.of(role), "");
  }
}
